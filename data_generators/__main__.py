import sys

from data_generators.cli import main

sys.exit(main())
