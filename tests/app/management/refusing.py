"""Commands that refuse their arguments: in this process, as they come to no more than that."""

import pytest
from django.core.management import ManagementUtility


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What `manage.py` with these arguments says on stderr, after it has done nothing."""
    utility = ManagementUtility(["manage.py", *arguments])
    with pytest.raises(SystemExit) as ended:
        utility.fetch_command(arguments[0]).run_from_argv(utility.argv)
    said = capsys.readouterr()
    assert ended.value.code not in (0, None)
    assert said.out == ""
    return said.err
