"""A process that lands a folder and names each file as it begins it.

``python -m tests.landing.landing_process state database folder``
"""

import sys
from pathlib import Path

from customer360.landing import find_files, land_file
from customer360.sources import read_data_folder
from customer360.warehouse import Role, Warehouse
from tests.conftest import settings_in


def main() -> None:
    home, database, path = sys.argv[1:]
    warehouse = Warehouse(settings_in(Path(home)))
    warehouse.start()
    connection = warehouse.login(Role.LOADER, database).connect()
    folder = read_data_folder(Path(path))
    for file in find_files(folder, frozenset()):
        sys.stdout.write(f"{file.file_name}\n")
        sys.stdout.flush()
        land_file(connection, folder, folder.feed(file.source, file.entity), file.file_name, None)
    connection.close()


if __name__ == "__main__":
    main()
