import sys

from customer360.cli import main

sys.exit(main())
