"""The flows: sites and repositories into one namespace."""
# Prefect makes a model of a flow's parameters out of their annotations, which have to be objects: none from __future__ here.
from typing import Any, List, Optional, Sequence, Union

from prefect import flow
from prefect.futures import wait
from prefect.states import Failed

from ..errors import InvalidArgument
from ..merging import merged
from ..sources import GitHubRepoLoader, SitemapLoader, Source
from .settings import FreshetSettings
from .tasks import Stop, gather, name_of
from .telling import show


@flow(name="refresh knowledge", flow_run_name="refresh knowledge in {namespace} from urls {urls} and repos {repos}")
def refresh_knowledge(urls: Optional[List[str]] = None, repos: Optional[List[str]] = None, include_globs: Optional[List[str]] = None,
                      namespace: str = "knowledge", settings: Optional[str] = None, force: bool = False) -> Any:
    """Brings the pages of sitemaps (`urls`) and files of GitHub repositories (`repos`) into a namespace: a task a source. A source
    that was gathered within the settings' `cache` is left alone, unless `force`. `settings` names a block of type Freshet settings."""
    given = FreshetSettings.named(settings)
    loaders: list[Source] = [SitemapLoader(urls=[each], name=each, cache=given.cache) for each in urls or []]
    loaders += [GitHubRepoLoader(each, include_globs=include_globs or ["README.md"], name=each, cache=given.cache) for each in repos or []]
    if not loaders:
        raise InvalidArgument("are both empty: name a sitemap or a repository", subject="urls and repos")
    return refresh_sources(loaders, namespace, given, force=force)


def refresh_sources(loaders: Sequence[Source], namespace: str, settings: Union[FreshetSettings, str, None] = None, *, force: bool = False) -> Any:
    """What refresh_knowledge() does, for a flow of one's own with any sources; each has a name. Gives the report of all as a mapping,
    or a failed state where a source failed. A root that failed is in the report, keeps its old content, and fails nothing else."""
    given = settings if isinstance(settings, FreshetSettings) else FreshetSettings.named(settings)
    nameless = [repr(each) for each in loaders if len(each.to_sources()) != 1 or not each.more.get("name")]
    if nameless:
        raise InvalidArgument(f"{nameless[0]}: give it a name, and where it is several sources one to each", subject="loaders")
    stop = Stop()
    with given.present():
        try:
            futures = [gather.submit(each, loaders, namespace, given, stop, force) for each in loaders]
            wait(futures)
        except BaseException:  # cancelled, or the machine goes down: no run outlives its flow
            stop.stop()
            raise
        results = [each.result(raise_on_failure=False) for each in futures]
    report = merged([each for each in results if not isinstance(each, BaseException)], one_namespace=True)
    failed = [_line(name_of(loader), result) for loader, result in zip(loaders, results) if isinstance(result, BaseException)]
    show(report, namespace, failed)
    if failed:
        return Failed(message=f"{len(failed)} of {len(loaders)} sources failed: {'; '.join(failed)}")
    return dict(report)


def _line(source: str, error: BaseException) -> str:
    """An error of freshet mostly begins with the thing at fault, which may be the source itself."""
    text = str(error) or type(error).__name__
    return text if text.startswith(source) else f"{source}: {text}"
