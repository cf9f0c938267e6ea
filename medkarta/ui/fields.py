"""Form fields as plain values, so that one macro draws them all (Django's own widgets are not rendered)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms import BaseForm, BoundField, widgets
from django.utils.translation import gettext as _

from medkarta.ui.format import plural


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select, a radio group or a group of ticks."""

    value: str
    label: str
    is_on: bool
    id: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field ready to draw. `kind`: an input type, or textarea, select, radios, checks, check, hidden."""

    id: str
    name: str
    label: str
    kind: str
    value: str = ""
    hint: str = ""
    errors: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    attrs: tuple[tuple[str, str], ...] = ()
    required: bool = False
    is_on: bool = False
    is_multiple: bool = False

    @property
    def described_by(self) -> str:
        """Ids of the hint and of the error, for aria-describedby."""
        ids = [f"{self.id}-hint"] if self.hint else []
        return " ".join([*ids, *([f"{self.id}-error"] if self.errors else [])])


@dataclass(frozen=True, slots=True)
class FormErrors:
    """What is wrong in a form: a title and links (href is empty for an error of the whole form)."""

    title: str
    items: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.items)


def view_of(bound: BoundField) -> FieldView:
    """Return a bound field as values: id, label, hint, errors, what was typed, choices."""
    widget = bound.field.widget
    kind = _kind_of(widget)
    raw = bound.value()
    return FieldView(
        id=bound.id_for_label if kind not in ("radios", "checks") else (bound.auto_id or bound.html_name),
        name=bound.html_name,
        label=str(bound.label),
        kind=kind,
        value="" if kind in ("file", "password") else _shown(widget, bound, raw),
        hint=str(bound.help_text),
        errors=tuple(str(error) for error in bound.errors),
        options=_options(bound, widget, raw) if kind in ("select", "radios", "checks") else (),
        attrs=_attrs(bound, widget),
        required=bound.field.required,
        is_on=kind == "check" and bool(raw),
        is_multiple=kind == "select" and bool(getattr(widget, "allow_multiple_selected", False)),
    )


def errors_of(form: BaseForm) -> FormErrors:
    """Return all errors of a form in the order of its fields; those of the whole form come first."""
    items = [("", str(error)) for error in form.non_field_errors()]
    for bound in form:
        target = bound.auto_id if _kind_of(bound.field.widget) not in ("radios", "checks") else f"{bound.auto_id}_0"
        items += [(f"#{target}" if not bound.is_hidden else "", _in_words(bound, str(error))) for error in bound.errors]
    count = sum(1 for href, _text in items if href)
    return FormErrors(_errors_title(count), tuple(items))


def _errors_title(count: int) -> str:
    if count == 0:
        return _("Не получилось")
    if count == 1:
        return _("Проверьте одно поле")
    words = plural(count, _("поле"), _("поля"), _("полей"))
    return _("Проверьте %(count)s %(fields)s") % {"count": count, "fields": words}


def _in_words(bound: BoundField, error: str) -> str:
    """Put the label before a text that says nothing of its field («Обязательное поле.»)."""
    general = {str(text) for cls in type(bound.field).__mro__ for text in _default_errors(cls).values()}
    return f"{bound.label}: {error}" if error in general else error


def _default_errors(cls: type) -> dict[str, Any]:
    found: dict[str, Any] = getattr(cls, "default_error_messages", {})
    return found


def _kind_of(widget: widgets.Widget) -> str:
    if isinstance(widget, widgets.Textarea):
        return "textarea"
    if isinstance(widget, widgets.CheckboxSelectMultiple):
        return "checks"
    if isinstance(widget, widgets.RadioSelect):
        return "radios"
    if isinstance(widget, widgets.Select):
        return "select"
    if isinstance(widget, widgets.CheckboxInput):
        return "check"
    return str(getattr(widget, "input_type", None) or "text")


def _shown(widget: widgets.Widget, bound: BoundField, raw: Any) -> str:
    if isinstance(widget, widgets.CheckboxInput):
        return str(raw) if raw not in (None, "", True, False) else "on"
    if isinstance(raw, date) and _kind_of(widget) == "date":
        return raw.isoformat()[:10]  # what <input type="date"> takes in every language
    shown = widget.format_value(raw)
    if isinstance(shown, (list, tuple)):
        return ""
    return "" if shown is None else str(shown)


def _options(bound: BoundField, widget: widgets.Widget, raw: Any) -> tuple[Option, ...]:
    assert isinstance(widget, widgets.ChoiceWidget)
    chosen = {str(value) for value in widget.format_value(raw)}
    found: list[Option] = []
    for group, members, _index in widget.optgroups(bound.html_name, sorted(chosen)):
        for member in members:
            number = len(found)
            value = str(member["value"])
            found.append(
                Option(value, str(member["label"]), value in chosen, f"{bound.auto_id}_{number}", str(group or ""))
            )
    return tuple(found)


def _attrs(bound: BoundField, widget: widgets.Widget) -> tuple[tuple[str, str], ...]:
    skipped = {"type", "id", "class", "style", "required", "aria-describedby", "aria-invalid"}
    found = {name: value for name, value in widget.attrs.items() if name not in skipped and value not in (False, None)}
    if isinstance(bound.field, forms.FileField) and widget.attrs.get("accept"):
        found["accept"] = widget.attrs["accept"]
    return tuple((name, name if value is True else str(value)) for name, value in found.items())
