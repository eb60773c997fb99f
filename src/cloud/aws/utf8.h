// Text that comes from outside must be UTF-8 before it becomes a JSON string: nothing that is not can be written again.
#pragma once

#include <string>
#include <string_view>

namespace setpoint::cloud::aws {

bool valid_utf8(std::string_view text);
// A header's value: as it is where it is UTF-8, else read as ISO 8859-1, which is what HTTP once said and what botocore
// does.
std::string header_utf8(std::string_view value);

}  // namespace setpoint::cloud::aws
