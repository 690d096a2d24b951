"""What keeps a scenario file from being run: one class per problem. Lint tells them beside its own findings."""

from __future__ import annotations

from conformance.errors import ConformanceError


class ScenarioProblem(ConformanceError):
    """Base of everything that keeps a file from being loaded."""

    code = "scenario"


class Unreadable(ScenarioProblem):
    """The file is missing, a folder, no UTF-8, or may not be read."""

    code = "unreadable"


class NotYaml(ScenarioProblem):
    """The YAML parser gave up."""

    code = "yaml-syntax"


class OutOfBounds(ScenarioProblem):
    """Larger, deeper or with longer numbers than any scenario needs."""

    code = "yaml-bounds"


class ForbiddenYaml(ScenarioProblem):
    """Anchors, aliases, tags, or keys that are not text: YAML that plain data does not need."""

    code = "yaml-feature"


class DuplicateKey(ScenarioProblem):
    """One key stands twice in a mapping; YAML parsers silently keep the last."""

    code = "duplicate-key"


class MalformedReference(ScenarioProblem):
    """A ``${`` that starts no reference."""

    code = "reference-syntax"


class UnknownKey(ScenarioProblem):
    """A key the language does not have."""

    code = "unknown-key"


class MissingKey(ScenarioProblem):
    """A key that must be there is not."""

    code = "missing-key"


class WrongKind(ScenarioProblem):
    """A value of another kind than its key takes: text instead of a list, and so on."""

    code = "wrong-kind"


class BadName(ScenarioProblem):
    """An id or a name that nothing could refer to."""

    code = "bad-name"


class BadRequest(ScenarioProblem):
    """A request line that is not ``METHOD /path``."""

    code = "bad-request"


class BadWindow(ScenarioProblem):
    """A version window that cannot be read."""

    code = "bad-window"


class BadDuration(ScenarioProblem):
    """A duration that cannot be read."""

    code = "bad-duration"


class UnknownReference(ScenarioProblem):
    """A reference to a name, an argument or a matrix variable that is not there."""

    code = "unknown-reference"


class UnknownSetup(ScenarioProblem):
    """``given`` names a setup that is neither shipped nor in a ``setups/`` folder of the user's."""

    code = "unknown-setup"


class UnknownArgument(ScenarioProblem):
    """``with`` names an argument that the setup does not take."""

    code = "unknown-argument"


class ShadowedSetup(ScenarioProblem):
    """Two different setups of one name."""

    code = "shadowed-setup"


class CircularSetup(ScenarioProblem):
    """A setup that needs itself."""

    code = "circular-setup"
