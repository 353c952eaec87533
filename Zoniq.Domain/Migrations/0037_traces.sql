-- The W3C traceparent of what caused it, so that what happens later is found under the same trace; null while nothing is recorded.
alter table booking add column trace_parent text check (length(trace_parent) <= 55);
alter table mail add column trace_parent text check (length(trace_parent) <= 55);
