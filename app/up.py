"""`make up`: a whole installation in the foreground, until Ctrl-C.

PORT (8080) is the port people type, DATA (.data) where everything is kept, S3=1 keeps papers in
an embedded object store instead of files, BACKUP=0 leaves the backup process out.
"""

import os
import sys
import time
from pathlib import Path

from app.instance import Instance
from app.provinces import loader
from infra.embedded.process import Trouble
from infra.embedded.server import ROOT
from infra.embedded.supervisor import sentence, told_to_stop


def main() -> int:
    """Run until told to stop; any trouble is one sentence and exit status 1."""
    try:
        with told_to_stop():
            serve(instance_of(dict(os.environ)))
    except Trouble as trouble:
        print(f"motcua: {trouble}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"motcua: {sentence(error)}", file=sys.stderr)
        return 1
    print("\nĐã dừng.")
    return 0


def instance_of(environ: dict[str, str]) -> Instance:
    """The installation the environment asks for."""
    text = environ.get("PORT") or "8080"
    if not text.isdecimal() or not 1 <= int(text) <= 65000:
        raise Trouble(f"PORT must be a number from 1 to 65000, not {text}")
    data = ROOT / (environ.get("DATA") or ".data")
    backups = environ.get("BACKUP", "") != "0"
    return Instance(data, int(text), s3=environ.get("S3", "") not in {"", "0"}, backups=backups)


def serve(instance: Instance) -> None:
    """Start, say where everything is, and watch."""
    print("Đang khởi động…", flush=True)
    began = time.monotonic()
    with instance:
        print(guide(instance, time.monotonic() - began), flush=True)
        instance.watch()


def guide(instance: Instance, seconds: float) -> str:
    """Addresses and logins as a text for the terminal."""
    places = [(loader.load(slug).brand.name, instance.origin(slug)) for slug in loader.slugs()]
    places.append(("Trang của nhà cung cấp", instance.origin("ops")))
    places.append(("Điện thoại nhận tin nhắn", instance.phone))
    lines = [f"motcua đang chạy (khởi động trong {seconds:.0f} giây). Nhấn Ctrl-C để dừng.", ""]
    lines += [f"  {name:36}{address}" for name, address in places]
    lines += ["", f"  Mật khẩu của mọi tài khoản dùng thử: {instance.password}", ""]
    lines += [f"  {'Nơi đăng nhập':15}{'Tên đăng nhập':18}{'Họ và tên':20}Vai trò"]
    for login in instance.accounts.logins:
        lines.append(f"  {login.site:15}{login.username:18}{login.name:20}{login.role}")
    lines += ["", f"  Dữ liệu và nhật ký: {_shown(instance.data)}"]
    lines += [f"  Dòng lệnh: {_shown(instance.command_line)} tenant list", ""]
    return "\n".join(lines)


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    sys.exit(main())
