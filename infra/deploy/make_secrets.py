"""Makes the secrets of a new deployment, each in a file of its own; what exists stays.

    python3 infra/deploy/make_secrets.py /etc/motcua/secrets
    python3 infra/deploy/make_secrets.py DIR --postgres db.trong:5432 --valkey cache.trong:6379
    python3 infra/deploy/make_secrets.py /etc/motcua/secrets --renew valkey

Standard library only, so that any machine can run it. Without the two addresses the servers are
reached over Unix sockets (compose, one machine); with them over TLS, and the name is verified.
`--renew` makes one password anew in each file that holds it; the servers are told by who is on
duty, in the order of docs/operators-guide.md.
Nothing is printed but names: `owner/` is for the backup process and the command line alone,
`run/` for web and worker as well, `servers/` for PostgreSQL and Valkey themselves.
"""

import argparse
import base64
import os
import secrets
from pathlib import Path

_POSTGRES = "/run/postgresql"
_VALKEY = "/run/valkey/valkey.sock"
_OWNER = "motcua_admin"
_ROLE = "motcua_control"
_ROOTS = {"servers", "passwords"}
# One way out that goes nowhere until somebody writes the province's provider in.
_PROVIDERS = """[
  {"name": "nha-mang", "driver": "kannel", "url": "https://sms.example.vn/cgi-bin/sendsms",
   "username": "", "password": "", "enabled": false}
]
"""


def main(arguments: list[str] | None = None) -> None:
    """Write what is missing and say its names."""
    asked = _parser().parse_args(arguments)
    place = Path(asked.directory)
    done = renew(place, asked.renew) if asked.renew else make(place, asked.postgres, asked.valkey)
    for path in done:
        print(path)  # noqa: T201


def make(directory: Path, postgres: str = "", valkey: str = "") -> list[Path]:
    """The files that were missing, made now; a directory that others may enter is shut."""
    _shut(directory)
    owner, role, cache = (kept(directory, name) for name in ("owner", "role", "valkey"))
    place = f"@{postgres}/" if postgres else "@/"
    query = "?sslmode=verify-full" if postgres else f"?host={_POSTGRES}"
    contents = {
        "owner/cluster_admins": f"main=postgresql://{_OWNER}:{owner}{place}postgres{query}\n",
        "owner/backup_places": "tai-cho=file:///sao-luu\n",
        "owner/backup_keys": "file:///khoa-sao-luu\n",
        "run/control_dsn": f"postgresql://{_ROLE}:{role}{place}motcua_control{query}\n",
        "run/redis_url": f"rediss://:{cache}@{valkey}/0\n"
        if valkey
        else f"unix://:{cache}@{_VALKEY}\n",
        "run/master_key": base64.b64encode(secrets.token_bytes(32)).decode() + "\n",
        # Empty until the master key is changed; here from the start, so that needs no restart.
        "run/former_master_keys": "",
        "run/sms_providers": _PROVIDERS,
        "run/s3_access_key": "motcua\n",
        "run/s3_secret_key": secrets.token_hex(24) + "\n",
        "servers/postgres_password": owner,
        "servers/valkey_auth.conf": f"requirepass {cache}\n",
    }
    return [made for name, text in contents.items() if (made := _write(directory / name, text))]


def kept(directory: Path, name: str) -> str:
    """A password several files share, kept so that a second call makes the same files."""
    path = directory / "passwords" / name
    _write(path, secrets.token_hex(24))
    return path.read_text()


def renew(directory: Path, name: str) -> list[Path]:
    """A new password for `owner`, `role` or `valkey`; the files that held the former one.

    Each is written in place: a container that was given the file sees what stands in it now.
    """
    former = kept(directory, name)
    folders = [directory / folder for folder in ("run", "servers", "owner")]
    held = [path for folder in folders for path in sorted(folder.iterdir())]
    done = [path for path in held if former in path.read_text()]
    if not done:
        raise SystemExit(f"passwords/{name} is not the password that the other files hold")
    # Broken off, the same command goes on with the same new one.
    new = kept(directory, f"{name}.next")
    for path in (*done, directory / "passwords" / name):
        path.write_text(path.read_text().replace(former, new))
    (directory / "passwords" / f"{name}.next").unlink()
    return done


def _shut(directory: Path) -> None:
    """Somebody may have made it beforehand, open to everybody; a group that was let in stays."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (mode := directory.stat().st_mode & 0o777) & 0o027:
        directory.chmod(mode & ~0o027)


def _write(path: Path, text: str) -> Path | None:
    # The servers' own and the copies of passwords are root's alone, whoever is let in beside.
    path.parent.mkdir(mode=0o700 if path.parent.name in _ROOTS else 0o755, exist_ok=True)
    try:
        # Containers meet the file by itself, as users of their own: the shut directory above it
        # is what keeps everybody else out.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    except FileExistsError:
        return None
    with os.fdopen(handle, "w") as file:
        file.write(text)
    return path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Makes the secrets of a new deployment.")
    parser.add_argument("directory")
    parser.add_argument("--postgres", default="", help="host:port, reached over TLS")
    parser.add_argument("--valkey", default="", help="host:port, reached over TLS")
    parser.add_argument(
        "--renew", default="", choices=("owner", "role", "valkey"), help="a password made anew"
    )
    return parser


if __name__ == "__main__":
    main()
