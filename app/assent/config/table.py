"""What every table of the configuration file has in common."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from assent.config import forms

Text = Annotated[str, AfterValidator(forms.text)]


class Table(BaseModel):
    """What all tables have in common: nothing unknown, nothing changed later, no value in an error's text."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
