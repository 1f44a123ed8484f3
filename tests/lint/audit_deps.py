"""Known vulnerabilities of the locked packages, by pip-audit: `make audit-deps`.

Ends with 0 when none is known, with 1 when one is, and with 3 when an advisory source could not be asked about
everything: pip-audit itself calls packages that its source does not know skipped, and succeeds.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "tests/lint/requirements.txt", "customer360/evaluation/peers/requirements.txt")
PIP_AUDIT = ROOT / ".venv-tools" / "bin" / "pip-audit"
CLEAN, VULNERABLE, UNKNOWN = 0, 1, 3


def audit(lock: str | Path, arguments: list[str]) -> int:
    """Asks about one lock, prints what is known, and returns one of the three statuses."""
    command = [str(PIP_AUDIT), "--disable-pip", "--no-deps", "--progress-spinner=off", "--format=json", *arguments]
    done = subprocess.run([*command, f"--requirement={ROOT / lock}"], capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        print(f"{lock}: no advisory source was reached: {last}")
        return UNKNOWN
    skipped = [package for package in packages if "skip_reason" in package]
    found = [(package, it) for package in packages for it in package.get("vulns", ())]
    for package, it in found:
        fixed = ", ".join(it["fix_versions"]) or "no version"
        print(f"{lock}: {package['name']} {package['version']}: {it['id']}, mended in {fixed}")
    if skipped:
        why = skipped[0]["skip_reason"]
        print(f"{lock}: {len(skipped)} of {len(packages)} packages could not be looked up, as: {why}")
    elif not found:
        print(f"{lock}: {len(packages)} packages, none with a known vulnerability")
    if found:
        return VULNERABLE
    return UNKNOWN if skipped else CLEAN


def main(arguments: list[str]) -> int:
    """Asks about every lock; what is worst counts: a vulnerability, then what is not known."""
    statuses = {audit(lock, arguments) for lock in LOCKS}
    if VULNERABLE in statuses:
        return VULNERABLE
    if UNKNOWN in statuses:
        print("error: the advisory source cannot be asked from here; nothing is known about those packages")
        return UNKNOWN
    return CLEAN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
