"""Reads pages from stdin, one a line: OpenMetrics and protobuf in hex. The first
with prometheus_client's strict parser, the second with Google's protobuf and the
published field numbers; both have to say the same."""

import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.internal.decoder import _DecodeVarint32
from prometheus_client.openmetrics.parser import text_string_to_metric_families

F = descriptor_pb2.FieldDescriptorProto
FIELDS = {
    "LabelPair": [("name", 1, F.TYPE_STRING), ("value", 2, F.TYPE_STRING)],
    "Timestamp": [("seconds", 1, F.TYPE_INT64), ("nanos", 2, F.TYPE_INT32)],
    "Exemplar": [("label", 1, "*LabelPair"), ("value", 2, F.TYPE_DOUBLE), ("timestamp", 3, "Timestamp")],
    "Gauge": [("value", 1, F.TYPE_DOUBLE)],
    "Counter": [("value", 1, F.TYPE_DOUBLE), ("exemplar", 2, "Exemplar"), ("created_timestamp", 3, "Timestamp")],
    "BucketSpan": [("offset", 1, F.TYPE_SINT32), ("length", 2, F.TYPE_UINT32)],
    "Bucket": [("cumulative_count", 1, F.TYPE_UINT64), ("upper_bound", 2, F.TYPE_DOUBLE), ("exemplar", 3, "Exemplar")],
    "Histogram": [
        ("sample_count", 1, F.TYPE_UINT64),
        ("sample_sum", 2, F.TYPE_DOUBLE),
        ("bucket", 3, "*Bucket"),
        ("schema", 5, F.TYPE_SINT32),
        ("zero_threshold", 6, F.TYPE_DOUBLE),
        ("zero_count", 7, F.TYPE_UINT64),
        ("negative_span", 9, "*BucketSpan"),
        ("negative_delta", 10, -F.TYPE_SINT64),
        ("positive_span", 12, "*BucketSpan"),
        ("positive_delta", 13, -F.TYPE_SINT64),
        ("created_timestamp", 15, "Timestamp"),
        ("exemplars", 16, "*Exemplar"),
    ],
    "Metric": [("label", 1, "*LabelPair"), ("gauge", 2, "Gauge"), ("counter", 3, "Counter"), ("histogram", 7, "Histogram")],
    "MetricFamily": [
        ("name", 1, F.TYPE_STRING),
        ("help", 2, F.TYPE_STRING),
        ("type", 3, F.TYPE_INT32),
        ("metric", 4, "*Metric"),
        ("unit", 5, F.TYPE_STRING),
    ],
}


def family_class():
    file = descriptor_pb2.FileDescriptorProto(name="metrics.proto", package="t", syntax="proto2")
    for name, fields in FIELDS.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            added = message.field.add(name=field, number=number, label=F.LABEL_OPTIONAL)
            if isinstance(kind, str):
                added.type = F.TYPE_MESSAGE
                added.type_name = ".t." + kind.lstrip("*")
                repeated = kind.startswith("*")
            else:
                added.type = abs(kind)
                repeated = kind < 0
            if repeated:
                added.label = F.LABEL_REPEATED
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("t.MetricFamily"))


FAMILY = family_class()


def number(value):
    return repr(float(value))


def key(name, labels):
    # An empty label is an absent one.
    return name, tuple(sorted((k, v) for k, v in labels.items() if v != ""))


def of_openmetrics(text):
    samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == family.name + "_created" and family.type in ("counter", "histogram"):
                continue
            labels = dict(sample.labels)
            if "le" in labels and family.type == "histogram":
                labels["le"] = number(labels["le"])
            samples[key(sample.name, labels)] = number(sample.value)
    return samples


def of_protobuf(page):
    samples, names = {}, set()
    at = 0
    while at < len(page):
        length, at = _DecodeVarint32(page, at)
        family = FAMILY.FromString(page[at : at + length])
        at += length
        if family.name in names:
            raise ValueError(f"two families {family.name}")
        names.add(family.name)
        if not family.help:
            raise ValueError(f"no help of {family.name}")
        for metric in family.metric:
            labels = {pair.name: pair.value for pair in metric.label}
            if len(labels) != len(metric.label):
                raise ValueError(f"a label twice in {family.name}")
            if metric.HasField("histogram"):
                of = metric.histogram
                # OpenMetrics has no sum, and then no count, where the sum may go down.
                if of.sample_sum >= 0 and all(bucket.upper_bound >= 0 for bucket in of.bucket):
                    samples[key(family.name + "_count", labels)] = number(of.sample_count)
                    samples[key(family.name + "_sum", labels)] = number(of.sample_sum)
                for bucket in of.bucket:
                    le = {**labels, "le": number(bucket.upper_bound)}
                    samples[key(family.name + "_bucket", le)] = number(bucket.cumulative_count)
                native(family.name, of)
            else:
                of = metric.counter if metric.HasField("counter") else metric.gauge
                samples[key(family.name, labels)] = number(of.value)
    return samples


def native(name, of):
    """The native buckets of a histogram sum to its count."""
    if not of.HasField("schema"):
        return
    total = of.zero_count
    for spans, deltas in ((of.negative_span, of.negative_delta), (of.positive_span, of.positive_delta)):
        if sum(span.length for span in spans) != len(deltas):
            raise ValueError(f"{name}: spans and deltas differ")
        count = 0
        for delta in deltas:
            count += delta
            if count < 0:
                raise ValueError(f"{name}: a bucket below zero")
            total += count
    if total != of.sample_count:
        raise ValueError(f"{name}: native buckets sum to {total}, not {of.sample_count}")


def main():
    read = 0
    for at, line in enumerate(sys.stdin):
        text, page = (bytes.fromhex(word[1:]) for word in line.split())
        try:
            first, second = of_openmetrics(text.decode()), of_protobuf(page)
            different = {k for k in first.keys() | second.keys() if first.get(k) != second.get(k)}
            if different:
                shown = [(k, first.get(k), second.get(k)) for k in sorted(different)[:5]]
                raise ValueError(f"OpenMetrics and protobuf differ: {shown}")
        except Exception as error:
            print(at, f"{type(error).__name__}: {error}")
            sys.exit(1)
        read += 1
    print("read", read)


main()
