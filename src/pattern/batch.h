// The protocol of `setpoint pattern test --batch`: for outside suites. One JSON object a line,
//   {"id": 7, "pattern": {"a": ["x"]}, "event": {"a": "x"}}
// answered by one line each, in order: {"id":7,"match":true} or {"id":7,"error":"..."}. Pattern and event stand as
// JSON, or as a string that holds their text, so that what is no JSON can be tried too; either way their own bytes are
// judged (equal keys, numbers as written). The id is given back as it was written; null where the line has none.
#pragma once

#include <string>
#include <string_view>

namespace setpoint::pattern {

// Without the newline. Never throws, whatever the line is.
std::string answer_batch_line(std::string_view line);

}  // namespace setpoint::pattern
