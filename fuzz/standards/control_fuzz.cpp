// Any bytes as a control.yaml, as a case and as profiles: read or refused with a diagnostic, never anything else. The
// first byte chooses.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "standards/control_case.h"
#include "standards/control_reader.h"
#include "standards/profiles.h"

namespace {

using namespace setpoint;

// In memory: the readers take paths.
const std::string& file() {
  static const std::string path = "/dev/shm/setpoint-control-fuzz-" + std::to_string(::getpid()) + ".yaml";
  return path;
}

void write(std::string_view text) { std::ofstream(file(), std::ios::binary | std::ios::trunc) << text; }

void expect(bool read, const base::Diagnostics& diagnostics) {
  if (read == diagnostics.has_errors()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  base::Diagnostics diagnostics;
  switch (data[0] % 3) {
    case 0:
      write(text);
      expect(standards::read_control(file(), diagnostics).has_value(), diagnostics);
      break;
    case 1:
      write(text);
      expect(standards::read_case(file(), diagnostics).has_value(), diagnostics);
      break;
    default: {
      std::vector<model::Control> known(1);
      known[0].id = "EC2.13";
      known[0].parameters = {{"port", 22}};
      expect(standards::read_profiles({"profiles.yaml", text}, known, diagnostics).has_value(), diagnostics);
    }
  }
  std::filesystem::remove(file());
  return 0;
}
