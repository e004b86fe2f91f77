"""WordPress as Debian packages it, with a MariaDB of its own: ``python serve.py PORT`` in this folder."""

import getpass
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path.cwd()
SITE, DATA, SOCKET = HERE / "site", HERE / "data", HERE / "db.sock"
DATABASE = ("--no-defaults", f"--datadir={DATA}", f"--user={getpass.getuser()}")
START_SECONDS = 20


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen(command)
    try:
        yield child
    finally:
        child.terminate()
        child.wait()


def main(port: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    shutil.copytree("/usr/share/wordpress", SITE, ignore=shutil.ignore_patterns("wp-config.php"))
    shutil.copy("wp-config.php", SITE)
    subprocess.run(("mariadb-install-db", *DATABASE, "--auth-root-authentication-method=normal"), check=True)
    with running("/usr/sbin/mariadbd", *DATABASE, "--skip-networking", f"--socket={SOCKET}"):
        deadline = time.monotonic() + START_SECONDS
        while not SOCKET.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        subprocess.run(("php", "install.php"), check=True)
        with running("php", "-S", f"127.0.0.1:{port}", "-t", str(SITE)) as server:
            server.wait()


if __name__ == "__main__":
    main(sys.argv[1])
