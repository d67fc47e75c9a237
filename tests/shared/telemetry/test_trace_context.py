import pytest

from shared.trace_context import TraceContext, carried, current, fresh_trace, incoming, inject, within

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(f"00-{TRACE}-{SPAN}-01", TraceContext(TRACE, SPAN, True), id="recorded"),
        pytest.param(f"00-{TRACE}-{SPAN}-00", TraceContext(TRACE, SPAN, False), id="not recorded"),
        pytest.param(f"00-{TRACE}-{SPAN}-03", TraceContext(TRACE, SPAN, True), id="a flag that is new"),
        pytest.param(f"cc-{TRACE}-{SPAN}-01-what", TraceContext(TRACE, SPAN, True), id="a later version"),
        pytest.param(f"00-{TRACE}-{SPAN}-01-what", None, id="more than version 00 has"),
        pytest.param(f"ff-{TRACE}-{SPAN}-01", None, id="the version that there is not"),
        pytest.param(f"00-{'0' * 32}-{SPAN}-01", None, id="no trace"),
        pytest.param(f"00-{TRACE}-{'0' * 16}-01", None, id="no span"),
        pytest.param(f"00-{TRACE.upper()}-{SPAN}-01", None, id="capitals"),
        pytest.param(f"00-{TRACE[1:]}-{SPAN}-01", None, id="a digit too few"),
        pytest.param(f"00-{TRACE}-{SPAN}-01\n", None, id="a line break behind it"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_traceparent_is_read_as_w3c_has_it(header, expected):
    assert incoming(header, "") == expected
    assert carried({"traceparent": header}) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(f"{TRACE}/255;o=1", TraceContext(TRACE, f"{255:016x}", True), id="recorded"),
        pytest.param(f"{TRACE}/255;o=0", TraceContext(TRACE, f"{255:016x}", False), id="not recorded"),
        pytest.param(f"{TRACE.upper()}/255", TraceContext(TRACE, f"{255:016x}", False), id="capitals"),
        pytest.param(f"{TRACE}/{2**64 - 1}", TraceContext(TRACE, "f" * 16, False), id="the greatest span"),
        pytest.param(f"{TRACE}/{2**64}", None, id="a greater one"),
        pytest.param(f"{'0' * 32}/255;o=1", None, id="no trace"),
        pytest.param(f"{TRACE}/ff;o=1", None, id="a span that is not decimal"),
        pytest.param("nonsense", None, id="nonsense"),
    ],
)
def test_googles_header_is_read_where_the_other_one_is_missing(header, expected):
    assert incoming("", header) == expected


@pytest.mark.parametrize("header", [f"{TRACE};o=1", f"{TRACE}/0;o=1"], ids=["none", "null"])
def test_googles_header_may_name_a_trace_alone(header):
    found = incoming("", header)

    assert (found.trace_id, found.is_sampled) == (TRACE, True)
    assert int(found.span_id, 16)


def test_a_sound_traceparent_goes_before_googles_header_and_a_broken_one_does_not():
    other = "a" * 32

    assert incoming(f"00-{TRACE}-{SPAN}-01", f"{other}/1").trace_id == TRACE
    assert incoming("00-broken", f"{other}/1").trace_id == other


def test_what_is_sent_on_is_read_as_what_it_was():
    span = fresh_trace()

    with within(span):
        attributes = inject({"batch_id": "b", "traceparent": "of somebody before"})

    assert attributes["batch_id"] == "b"
    assert carried(attributes) == span
    assert current() is None


def test_outside_a_trace_attributes_stay_as_they_are():
    assert inject({"batch_id": "b"}) == {"batch_id": "b"}
    assert carried(None) is None


def test_a_child_is_of_the_same_trace_and_another_span():
    parent = TraceContext(TRACE, SPAN, True)

    child = parent.child()

    assert (child.trace_id, child.is_sampled) == (TRACE, True)
    assert child.span_id != SPAN
    assert carried({"traceparent": child.traceparent()}) == child
