"""One formula on one household, on Spark: planning a hundred takes as long as planning one, so they go together."""

from minzheng.policy import Subject, assess, parse_policy, parse_rates
from minzheng.policy.values import write
from tests.engines.one_step import DAY, NUMBERS, policy_text, subject


class Anything:
    """The answer while a test is only run to see what it asks."""

    __hash__ = None

    def __eq__(self, other):
        return True


def asked(request):
    """Everything that the tests of this module ask of Spark through `on_engine`."""
    found = []

    def ask(formula, facts=None, members=()):
        found.append((formula, facts, members))
        return Anything()

    for item in request.session.items:
        if item.module is request.module and getattr(item, "callspec", None):
            arguments = dict(item.callspec.params)
            if arguments.pop("on_engine", None) == "spark":
                item.obj(on_engine=ask, **arguments)
    return found


def answers(questions, spark):
    """A function that answers these questions: one policy with a step for each, and a household for each."""
    known = {repr(one): one for one in questions}
    steps, conditions, homes = [], [], []
    for number, (formula, facts, members) in enumerate(known.values()):
        steps.append(f'      x{number}: "{formula}"')
        conditions.append(f'      c{number}: "which <> {number} or x{number} = x{number}"')
        home = subject(facts, members)
        homes.append(Subject(str(number), home.area, home.residence, {**home.facts, "which": number}, home.members))
    text = policy_text("0").replace("    facts:", "    facts:\n      which: int", 1)
    text = text.replace('      x: "0"', "\n".join(steps)).replace('      c: "x = x"', "\n".join(conditions))
    policy = parse_policy(text, "at_once.yaml")
    found = {}
    results = assess(policy, parse_rates(NUMBERS, "rates.yaml"), homes, DAY, "spark", spark)
    for number, (question, result) in enumerate(zip(known, results, strict=True)):
        step = f"x{number}"
        shown = write(result.steps[step], policy.versions[0].steps[step].kind)
        found[question] = result.error.replace(f":{step}:", ":x:") if result.error else shown
    return lambda formula, facts=None, members=(): found[repr((formula, facts, members))]
