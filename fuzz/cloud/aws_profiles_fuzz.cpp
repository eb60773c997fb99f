#include <cstddef>
#include <cstdint>

#include "cloud/aws/credential_chain.h"
#include "cloud/aws/jmespath.h"
#include "cloud/aws/wire_time.h"

// The small texts that come from outside: profiles, JMESPath of a site's models, times.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace setpoint::cloud::aws;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_profiles(text, "fuzz");
  (void)parse_wire_time(text);
  (void)parse_basic_iso8601(text);
  static const setpoint::base::Json value =
      *setpoint::base::parse_json(R"({"a":[{"b":[1,2]},{"c":"x"}],"d":{"e":null}})");
  if (auto path = JmesPath::compile(text)) (void)path->search(value);
  return 0;
}
