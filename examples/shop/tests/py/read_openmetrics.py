"""Reads OpenMetrics from stdin with prometheus_client's strict parser and
prints every sample again in the classic form, one a line."""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families


def main():
    text = sys.stdin.read()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in sorted(sample.labels.items()))
            print(f"{sample.name}{{{labels}}} {float(sample.value)!r}")


main()
