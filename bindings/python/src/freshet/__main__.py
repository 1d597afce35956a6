"""python -m freshet: the program."""
from freshet_program import main

main()
