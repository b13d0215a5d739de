//! RH4xx: metrics, units and labels.

use super::{Code, error, note, warning};

/// `metric-kind-clash`
pub const KIND_CLASH: Code = error(
    "RH401",
    "metric-kind-clash",
    "A metric is a counter, a gauge or a histogram in the whole policy. Two rules, or a rule \
     and the declaration, disagree.",
);

/// `metric-unit-clash`
pub const UNIT_CLASH: Code = error(
    "RH402",
    "metric-unit-clash",
    "A metric has one unit in the whole policy. Two rules, or a rule and the declaration, \
     disagree.",
);

/// `metric-labels-clash`
pub const LABELS_CLASH: Code = error(
    "RH403",
    "metric-labels-clash",
    "All rules of a metric use the same label names, because series with other labels could \
     not be added up.",
);

/// `reserved-metric`
pub const RESERVED_METRIC: Code = error(
    "RH404",
    "reserved-metric",
    "The name is taken: `rheostat_` is ours, `__` is Prometheus's, and another metric of this \
     policy already yields this name when it is exposed (`x_bucket`, `x_sum`, `x_count`, \
     `x_total`, `x_created`).",
);

/// `bad-metric-name`
pub const BAD_METRIC_NAME: Code = error(
    "RH405",
    "bad-metric-name",
    "Names of metrics consist of letters, digits, `_` and `:`, and do not begin with a digit.",
);

/// `counter-suffix`
pub const COUNTER_SUFFIX: Code = note(
    "RH406",
    "counter-suffix",
    "A counter is exposed under a name that ends in `_total`, in every format. Written \
     without, it gets the suffix.",
);

/// `metric-unit`
pub const METRIC_UNIT: Code = note(
    "RH407",
    "metric-unit",
    "Seconds and bytes are what dashboards and other people's queries expect. Values are \
     converted on the way, so the base unit costs nothing.",
);

/// `metric-name`
pub const METRIC_NAME: Code = note(
    "RH408",
    "metric-name",
    "The name says one unit and the declaration another. Who reads the name will misread the \
     numbers.",
);

/// `unfit-unit`
pub const UNFIT_UNIT: Code = error(
    "RH409",
    "unfit-unit",
    "A duration does not convert to this unit, or a size does not.",
);

/// `duration-without-unit`
pub const DURATION_WITHOUT_UNIT: Code = error(
    "RH410",
    "duration-without-unit",
    "A duration is recorded, but neither the name of the metric nor its table says in which \
     unit.",
);

/// `bad-buckets`
pub const BAD_BUCKETS: Code = error(
    "RH412",
    "bad-buckets",
    "Bounds are finite, ascend without repeating, and are at least one and at most 200.",
);

/// `buckets-without-histogram`
pub const BUCKETS_WITHOUT_HISTOGRAM: Code = error(
    "RH413",
    "buckets-without-histogram",
    "Only a histogram has buckets.",
);

/// `duplicate-label`
pub const DUPLICATE_LABEL: Code = error(
    "RH414",
    "duplicate-label",
    "Two labels of one series have the same name, perhaps only after everything but letters, \
     digits and `_` became `_`.",
);

/// `reserved-label`
pub const RESERVED_LABEL: Code = error(
    "RH415",
    "reserved-label",
    "`le` and `quantile` belong to the exposition, names that begin with `__` to Prometheus, \
     and those of `const_labels` stand on every series already.",
);

/// `bad-label-name`
pub const BAD_LABEL_NAME: Code = error(
    "RH416",
    "bad-label-name",
    "A label's name consists of letters, digits and `_`, and does not begin with a digit.",
);

/// `label-needs-name`
pub const LABEL_NEEDS_NAME: Code = error(
    "RH417",
    "label-needs-name",
    "A field or a built-in alone names its label. Any other value is written with one: `{ \
     class = \"status | class\" }`.",
);

/// `redacted-label`
pub const REDACTED_LABEL: Code = error(
    "RH418",
    "redacted-label",
    "The field is redacted, and a label would publish it.",
);

/// `misleading-suffix`
pub const MISLEADING_SUFFIX: Code = note(
    "RH419",
    "misleading-suffix",
    "The name ends in `_total`, which readers take for a counter.",
);

/// `outside-closed-set`
pub const OUTSIDE_CLOSED_SET: Code = warning(
    "RH420",
    "outside-closed-set",
    "The label is made this text, and the closed set of the metric does not contain it, so it would \
     always be shown as `other`.",
);

/// `bad-closed-set`
pub const BAD_CLOSED_SET: Code = error(
    "RH428",
    "bad-closed-set",
    "A closed set names each value once, and an empty text is no value: a label without a value is \
     not shown.",
);

/// `sets-over-cap`
pub const SETS_OVER_CAP: Code = warning(
    "RH429",
    "sets-over-cap",
    "Every label of the metric is a closed set, and together they make more series than `max_series` \
     allows: they cannot all exist at zero from the start, and the last ones fold into `overflow`.",
);

/// `limit-on-metric`
pub const LIMIT_ON_METRIC: Code = error(
    "RH421",
    "limit-on-metric",
    "Counts are exact: an action that feeds a metric takes no `sample`, `every` or `rate`. \
     Narrow it with `where`.",
);

/// `of-not-a-number`
pub const NOT_A_NUMBER: Code = error(
    "RH422",
    "of-not-a-number",
    "`of` is what a metric records, and this value can be no number, no duration and no size.",
);

/// `negative-count`
pub const NEGATIVE_COUNT: Code = error(
    "RH423",
    "negative-count",
    "A counter only goes up, and this value is always negative.",
);

/// `labels-of-declaration`
pub const UNDECLARED_LABEL: Code = error(
    "RH424",
    "labels-of-declaration",
    "The metric's table fixes its labels, and this action gives others.",
);

/// `key-of-other-kind`
pub const KEY_OF_KIND: Code = error(
    "RH425",
    "key-of-other-kind",
    "The key says something about another kind of metric, so it would be ignored here.",
);

/// `unfed-metric`
pub const UNFED_METRIC: Code = note(
    "RH427",
    "unfed-metric",
    "The metric is declared, but no rule feeds it and its table does not say its kind. It is left out, \
     because a metric of unknown kind cannot be exposed.",
);

/// All of them.
pub const ALL: &[Code] = &[
    KIND_CLASH,
    UNIT_CLASH,
    LABELS_CLASH,
    RESERVED_METRIC,
    BAD_METRIC_NAME,
    COUNTER_SUFFIX,
    METRIC_UNIT,
    METRIC_NAME,
    UNFIT_UNIT,
    DURATION_WITHOUT_UNIT,
    BAD_BUCKETS,
    BUCKETS_WITHOUT_HISTOGRAM,
    DUPLICATE_LABEL,
    RESERVED_LABEL,
    BAD_LABEL_NAME,
    LABEL_NEEDS_NAME,
    REDACTED_LABEL,
    MISLEADING_SUFFIX,
    OUTSIDE_CLOSED_SET,
    LIMIT_ON_METRIC,
    NOT_A_NUMBER,
    NEGATIVE_COUNT,
    UNDECLARED_LABEL,
    KEY_OF_KIND,
    UNFED_METRIC,
    BAD_CLOSED_SET,
    SETS_OVER_CAP,
];
