"""The settings of the embedded server: one list, each with its reason. Durability keeps PostgreSQL's safe defaults."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

MIB = 1024 * 1024

Setting = tuple[str, str, str]  # name, value, why


def usable_memory() -> int:
    """Bytes of memory that this machine, or the container we are in, has."""
    total = int(psutil.virtual_memory().total)
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            total = min(total, int(Path(limit).read_text(encoding="ascii")))
        except (OSError, ValueError):
            continue  # not on this system, or "max"
    return total


def server_settings(*, port: int, log_folder: Path, memory: int, cores: int) -> list[Setting]:
    """The settings for a machine with that many bytes of memory and cores.

    The server shares the machine with Airflow and dbt: on 8 GB it plans with about a quarter of the memory.
    """

    def share(divisor: int, least: int, most: int) -> str:
        return f"{max(least, min(most, memory // divisor // MIB))}MB"

    return [
        # --- who may connect
        ("listen_addresses", "127.0.0.1", "this machine only"),
        ("port", str(port), "remembered in the state directory"),
        ("unix_socket_directories", "", "none: a socket's path may not exceed 107 bytes, a clone's may"),
        ("password_encryption", "scram-sha-256", "the only way in"),
        ("max_connections", "100", "Airflow's processes take about 40, dbt's threads and the pipeline a dozen"),
        # --- memory
        ("shared_buffers", share(32, 128, 1024), "256 MB on 8 GB; the operating system caches the rest"),
        ("work_mem", share(256, 16, 128), "for each sort or hash of each query: 32 MB on 8 GB keeps joins off disk"),
        ("maintenance_work_mem", share(32, 64, 512), "index builds and vacuum, one or two at a time"),
        ("effective_cache_size", share(2, 512, 1024 * 1024), "what the planner may expect to find cached"),
        (
            "min_dynamic_shared_memory",
            "64MB",
            "parallel queries share memory reserved at start; untouched, it costs none",
        ),
        (
            "dynamic_shared_memory_type",
            "mmap",
            "what exceeds that: /dev/shm is 64 MB in a container, and systemd empties it when its user logs out",
        ),
        # --- write-ahead log: bulk loads and rebuilt tables, no replicas
        ("wal_level", "minimal", "a table filled in the transaction that made it is synced to disk, not logged twice"),
        ("max_wal_senders", "0", "no replicas; minimal logging demands it"),
        ("max_logical_replication_workers", "0", "nor a process that waits for them"),
        ("wal_compression", "off", "this build has only the slow method: reading a fresh table once took 3 s more"),
        ("max_wal_size", "2GB", "a bulk load must not force a checkpoint every few seconds"),
        ("min_wal_size", "256MB", "log files are reused between runs instead of made anew"),
        ("checkpoint_timeout", "15min", "fewer page images; recovery stays a matter of seconds"),
        # --- planner
        ("jit", "off", "compiling costs more than these queries take"),
        ("random_page_cost", "1.1", "solid state disks"),
        ("max_worker_processes", str(max(8, cores + 4)), "parallel workers and the server's own helpers"),
        ("max_parallel_workers", str(max(2, cores)), "no more than there are cores"),
        ("max_parallel_workers_per_gather", str(max(1, min(4, cores // 2))), "dbt's threads are parallel already"),
        ("max_parallel_maintenance_workers", str(max(1, min(4, cores // 2))), "index builds"),
        # --- the same answer on every machine
        ("timezone", "UTC", "timestamps do not depend on where the server stands"),
        ("datestyle", "ISO, DMY", "ISO out; dates are parsed by the models, not by the server"),
        ("lc_messages", "C", "messages in English: ours quote them"),
        # --- log: seven files at most, one for each day of the week; no statement that succeeds is ever written
        ("logging_collector", "on", "the server writes and rotates its log itself"),
        ("log_directory", str(log_folder), "beside the other logs"),
        ("log_filename", "postgres-%a.log", "the day of the week"),
        ("log_rotation_age", "1d", "a new file a day"),
        ("log_rotation_size", "0", "by day only"),
        ("log_truncate_on_rotation", "on", "last week's file is overwritten"),
        ("log_file_mode", "0600", "failed statements may quote data"),
        ("log_timezone", "UTC", "as the data"),
        ("log_line_prefix", "%m [%p] %q%u@%d ", "when, which process, who, where"),
        ("log_statement", "none", "statements may hold personal data"),
        ("log_checkpoints", "off", "routine"),
    ]


def configuration_text(settings: list[Setting]) -> str:
    """The settings as a PostgreSQL configuration file."""
    lines = ["# Written by customer360 at each start; changes made here are lost."]
    for name, value, why in settings:
        quoted = value.replace("\\", "\\\\").replace("'", "''")
        lines += [f"# {why}", f"{name} = '{quoted}'"]
    return "\n".join(lines) + "\n"


def settings_for_this_machine(*, port: int, log_folder: Path) -> str:
    """The configuration file for the machine we run on."""
    settings = server_settings(port=port, log_folder=log_folder, memory=usable_memory(), cores=os.cpu_count() or 1)
    return configuration_text(settings)
