"""`routing_rules.yaml`: its shape, its mistakes, its versions. `load` is where everything begins."""

from switchboard.rules.loading import Loaded, load, load_text
from switchboard.rules.problems import Problem, Severity

__all__ = ["Loaded", "Problem", "Severity", "load", "load_text"]
