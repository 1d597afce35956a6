"""What pyproject.toml cannot say: the wheel carries a library, and so belongs to a platform, but to every Python."""
from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.dist import Distribution


class Platform(bdist_wheel):
    def initialize_options(self):
        super().initialize_options()
        self.compression = "stored"  # what comes out is packed again

    def finalize_options(self):
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self):
        return ("py3", "none", super().get_tag()[2])


class Carrying(Distribution):
    def has_ext_modules(self):
        return True


setup(cmdclass={"bdist_wheel": Platform}, distclass=Carrying)
