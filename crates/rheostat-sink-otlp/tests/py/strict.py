"""What the OTLP specification demands of logs and metrics, checked on decoded
messages; and each record and point as one JSON object, types kept.

Written from the published messages and the specification's text. `Wrong` says
what does not hold."""

from google.protobuf.unknown_fields import UnknownFieldSet

CUMULATIVE, DELTA = 2, 1
NO_VALUE = 1


class Wrong(Exception):
    pass


def demand(holds, what):
    if not holds:
        raise Wrong(what)


def nothing_unknown(message):
    """Protobuf skips what it does not know; here that is a mistake."""
    demand(not len(UnknownFieldSet(message)), f"unknown fields in {message.DESCRIPTOR.name}")
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        repeated = hasattr(value, "__len__") and not hasattr(value, "ListFields")
        for one in value if repeated else [value]:
            nothing_unknown(one)


def value(any_value):
    kind = any_value.WhichOneof("value")
    if kind is None:
        return ["none", None]
    held = getattr(any_value, kind)
    if kind == "array_value":
        return ["list", [value(one) for one in held.values]]
    if kind == "kvlist_value":
        return ["map", attributes(held.values)]
    if kind == "bytes_value":
        return ["bytes", held.hex()]
    if kind == "double_value":
        # JSON has no NaN and no infinity.
        return ["double", held if held == held and abs(held) != float("inf") else str(held)]
    return [kind.removesuffix("_value"), held]


def attributes(pairs):
    found = {}
    for pair in pairs:
        demand(pair.key, "an attribute without a name")
        demand(pair.key not in found, f"the attribute {pair.key} twice")
        demand(pair.HasField("value"), f"no value of {pair.key}")
        found[pair.key] = value(pair.value)
    return found


def resource_of(group):
    demand(group.HasField("resource"), "no resource")
    found = attributes(group.resource.attributes)
    for name in ["service.name", "service.instance.id", "telemetry.sdk.name"]:
        demand(found.get(name, ["", ""])[0] == "string", f"no {name} in the resource")
    return found


def ids(trace_id, span_id):
    demand(len(trace_id) in (0, 16) and len(span_id) in (0, 8), "an id of a wrong length")
    demand(not trace_id or any(trace_id), "a trace id of zeros")
    demand(not span_id or (any(span_id) and trace_id), "a span without a trace")
    return {"trace_id": trace_id.hex(), "span_id": span_id.hex()}


def logs(request):
    nothing_unknown(request)
    for group in request.resource_logs:
        resource = resource_of(group)
        for scoped in group.scope_logs:
            demand(scoped.scope.name, "a scope without a name")
            demand(scoped.log_records, "a scope without records")
            for record in scoped.log_records:
                demand(record.time_unix_nano and record.observed_time_unix_nano, "no time")
                demand(1 <= record.severity_number <= 24, "no severity")
                demand(record.flags == 0, "flags that nobody set")
                yield {
                    "is": "log",
                    "resource": resource,
                    "scope": scoped.scope.name,
                    "time": record.time_unix_nano,
                    "observed": record.observed_time_unix_nano,
                    "severity": record.severity_number,
                    "severity_text": record.severity_text,
                    "body": value(record.body) if record.HasField("body") else None,
                    "attributes": attributes(record.attributes),
                    "event": record.event_name,
                    **ids(record.trace_id, record.span_id),
                }


def metrics(request):
    nothing_unknown(request)
    for group in request.resource_metrics:
        resource = resource_of(group)
        for scoped in group.scope_metrics:
            seen = set()
            for metric in scoped.metrics:
                kind = metric.WhichOneof("data")
                demand(metric.name and kind, "a metric without name or data")
                demand((metric.name, kind) not in seen, f"{metric.name} twice in a request")
                seen.add((metric.name, kind))
                data = getattr(metric, kind)
                demand(data.data_points, f"{metric.name} without points")
                if kind != "gauge":
                    demand(data.aggregation_temporality in (CUMULATIVE, DELTA), "no temporality")
                series = set()
                for point in data.data_points:
                    labels = attributes(point.attributes)
                    key = str(sorted(labels.items()))
                    demand(key not in series, f"a series of {metric.name} twice")
                    series.add(key)
                    yield {
                        "is": "point",
                        "resource": resource,
                        "scope": scoped.scope.name,
                        "name": metric.name,
                        "unit": metric.unit,
                        "description": metric.description,
                        "kind": kind,
                        "temporality": {0: None, 1: "delta", 2: "cumulative"}[
                            getattr(data, "aggregation_temporality", 0)
                        ],
                        "monotonic": getattr(data, "is_monotonic", None),
                        "attributes": labels,
                        **POINTS[kind](point, kind),
                    }


def common(point, kind):
    demand(point.time_unix_nano, "a point without a time")
    if kind != "gauge":
        demand(point.start_time_unix_nano, "a point without a start")
        demand(point.start_time_unix_nano <= point.time_unix_nano, "a start after the time")
    demand(point.flags in (0, NO_VALUE), "flags that are not specified")
    exemplars = []
    for exemplar in point.exemplars:
        demand(exemplar.time_unix_nano and exemplar.WhichOneof("value"), "half an exemplar")
        exemplars.append({"value": exemplar.as_double, **ids(exemplar.trace_id, exemplar.span_id)})
    return {
        "start": point.start_time_unix_nano,
        "time": point.time_unix_nano,
        "gone": point.flags == NO_VALUE,
        "exemplars": exemplars,
    }


def number(point, kind):
    held = point.WhichOneof("value")
    demand((held is None) == (point.flags == NO_VALUE), "a value and none, or neither")
    shown = None if held is None else [held.removeprefix("as_"), getattr(point, held)]
    return {**common(point, kind), "value": shown}


def histogram(point, kind):
    if point.flags != NO_VALUE:
        demand(len(point.bucket_counts) == len(point.explicit_bounds) + 1, "bounds and buckets")
        demand(sum(point.bucket_counts) == point.count, "buckets that do not sum to the count")
    bounds = list(point.explicit_bounds)
    demand(bounds == sorted(set(bounds)), "bounds that do not ascend")
    return {
        **common(point, kind),
        "count": point.count,
        "sum": point.sum if point.HasField("sum") else None,
        "bounds": bounds,
        "buckets": list(point.bucket_counts),
    }


def exponential(point, kind):
    sides = [point.positive, point.negative]
    counted = sum(sum(side.bucket_counts) for side in sides) + point.zero_count
    demand(counted == point.count, "buckets that do not sum to the count")
    return {
        **common(point, kind),
        "count": point.count,
        "sum": point.sum if point.HasField("sum") else None,
        "scale": point.scale,
        "zeros": point.zero_count,
        # Upper bound of each bucket that is not empty, computed as the messages' comments say.
        "buckets": {
            repr(sign * 2 ** ((side.offset + at + 1) * 2**-point.scale)): count
            for sign, side in [(1, point.positive), (-1, point.negative)]
            for at, count in enumerate(side.bucket_counts)
            if count
        },
    }


POINTS = {
    "sum": number,
    "gauge": number,
    "histogram": histogram,
    "exponential_histogram": exponential,
}
