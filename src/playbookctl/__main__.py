"""`python -m playbookctl`."""

from playbookctl.cli.main import main

if __name__ == "__main__":
    main()
