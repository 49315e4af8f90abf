"""The forms of a page as a browser without scripts sees them."""

from html.parser import HTMLParser

import msgspec

from infra.embedded.process import Trouble

Attributes = dict[str, str]


class Form(msgspec.Struct):
    """One form: what it would send if its button were pressed now."""

    action: str
    method: str = "get"
    fields: dict[str, str] = {}
    choices: dict[str, list[str]] = {}  # what radios and lists offer
    ticks: dict[str, str] = {}  # boxes and what each sends when ticked
    files: list[str] = []
    buttons: dict[str, list[str]] = {}
    targets: list[str] = []  # where single buttons send it instead

    def leads_to(self, path: str) -> str:
        """The address behind `path` if this form, or a button of it, goes there; else ""."""
        every = [self.action, *self.targets]
        return next((each for each in every if each.partition("?")[0] == path), "")

    def names(self) -> set[str]:
        """Everything that can be filled in."""
        return {*self.fields, *self.choices, *self.ticks, *self.files}

    def filled(self, answers: dict[str, str], button: tuple[str, str] | None) -> dict[str, str]:
        """What is sent; Trouble when the form asks no such thing or offers no such choice."""
        sent = dict(self.fields)
        for name, value in answers.items():
            if name not in self.names():
                raise Trouble(f"the form {self.action} does not ask for {name}")
            if name in self.choices and value not in self.choices[name]:
                raise Trouble(f"the form {self.action} does not offer {value} as {name}")
            sent[name] = value
        if button:
            if button[1] not in self.buttons.get(button[0], []):
                raise Trouble(f"the form {self.action} has no button {button[0]}")
            sent[button[0]] = button[1]
        return sent


class FormReader(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._list = ""  # the select being read
        self._area = ""  # the textarea being read
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what belongs to the form at hand."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = given.get("method", "get").lower()
            self._form = Form(given.get("action", ""), method)
            self.forms.append(self._form)
        if self._form is None:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            _take_input(self._form, name, given)
        elif tag == "button":
            self._form.targets += [given["formaction"]] if "formaction" in given else []
            self._form.buttons.setdefault(name, []).append(given.get("value", ""))
        elif tag == "select":
            self._list = name
            self._form.choices[name] = []
        elif tag == "option" and self._list:
            self._take_option(given)
        elif tag == "textarea":
            self._area = name
            self._form.fields[name] = ""

    def handle_data(self, data: str) -> None:
        """The text of a textarea."""
        if self._area and self._form:
            self._form.fields[self._area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        """Leave what was being read."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._list = ""
        elif tag == "textarea":
            self._area = ""

    def _take_option(self, given: Attributes) -> None:
        assert self._form is not None
        value = given.get("value", "")
        first = not self._form.choices[self._list]
        self._form.choices[self._list].append(value)
        if first or "selected" in given:
            self._form.fields[self._list] = value


def _take_input(form: Form, name: str, given: Attributes) -> None:
    kind, value = given.get("type", "text"), given.get("value", "")
    if kind == "file":
        form.files.append(name)
    elif kind == "radio":
        form.choices.setdefault(name, []).append(value)
        if "checked" in given:
            form.fields[name] = value
    elif kind == "checkbox":
        form.ticks[name] = value or "on"
        if "checked" in given:
            form.fields[name] = value or "on"
    elif kind not in {"submit", "button", "reset"}:
        form.fields[name] = value
