"""What the controller offers over HTTP: the command line's door, and the console with its API."""

from switchboard.web.app import build_app
from switchboard.web.control import ControlServer
from switchboard.web.parts import Parts, Site

__all__ = ["ControlServer", "Parts", "Site", "build_app"]
