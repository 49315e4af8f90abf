"""`python -m app.demo`: play, check, print; the last line is one JSON object.

S3=1 keeps papers in an embedded object store instead of files. Exit status 1 when a part of the
play fails or any fact contradicts another.
"""

import asyncio
import os
import sys
import time
from typing import Any

import msgspec

from app.demo import exchange
from app.demo.cast import cast_of
from app.demo.checks import contradictions
from app.demo.report import told
from app.demo.story import Seen, play
from app.instance import Instance, throw_away
from app.provinces import loader
from infra.embedded.process import Trouble
from infra.embedded.supervisor import sentence, told_to_stop
from infra.settings import settings
from tenants import db


def main() -> int:
    """Run the demonstration; any trouble is one sentence and exit status 1."""
    status = 1
    try:
        with told_to_stop():
            status = _run(s3=os.environ.get("S3", "") not in {"", "0"})
    except Trouble as trouble:
        print(f"motcua: {trouble}", file=sys.stderr)
    except OSError as error:
        print(f"motcua: {sentence(error)}", file=sys.stderr)
    return status


def _run(*, s3: bool) -> int:
    print("Đang khởi động bản cài đặt tạm…", flush=True)
    with throw_away(s3=s3) as instance:
        # The books are read by the product's own code, with the installation's own settings.
        os.environ.update(instance.environment)
        settings.cache_clear()
        seen, exchanged = asyncio.run(_play_all(instance))
    faults = [fault for one in seen for fault in contradictions(one)]
    if exchanged.answer_sent != exchanged.answer_opened:
        faults.append(f"the answer to {exchanged.code} is not the file that was sent")
    for fault in faults:
        print(f"motcua: contradiction: {fault}", file=sys.stderr)
    shown: dict[str, Any] = {one.slug: told(one) for one in seen}
    shown |= {"exchange": exchanged, "contradictions": faults}
    print(msgspec.json.encode(shown).decode(), flush=True)
    return 1 if faults else 0


async def _play_all(instance: Instance) -> tuple[list[Seen], exchange.Exchanged]:
    seen = []
    try:
        for slug in loader.slugs():
            began = time.monotonic()
            seen.append(await play(instance, cast_of(slug)))
            took = time.monotonic() - began
            print(f"  {slug}: {seen[-1].online.code}, {seen[-1].counter.code} ({took:.0f} giây)")
        ours, theirs = (cast_of(slug) for slug in loader.slugs())
        exchanged = await exchange.play(instance, ours, theirs)
        print(f"  liên thông: {exchanged.code}, {exchanged.their_code}")
    finally:
        await db.close()
    return seen, exchanged


if __name__ == "__main__":
    sys.exit(main())
