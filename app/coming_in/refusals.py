"""Why nothing can be taken in at all; what is wrong with a single row is a remark, no refusal."""

from collections.abc import Sequence

from app.refusals import Refusal


class CannotRead(Refusal):
    """Folder, workbook or mapping cannot be read; each line says what to mend."""

    code = "cannot_read"
    status = 422

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))
        self.args = (self.message,)  # the command line prints the sentences, not the code
