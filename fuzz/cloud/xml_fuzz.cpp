#include <cstddef>
#include <cstdint>

#include "cloud/aws/xml.h"

// Reads, and visits every node: views must stay inside.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace setpoint::cloud::aws;
  auto document = XmlDocument::parse({reinterpret_cast<const char*>(data), size});
  if (!document) return 0;
  std::size_t bytes = 0;
  std::vector<const XmlNode*> left = {&document->root()};
  while (!left.empty()) {
    const XmlNode* node = left.back();
    left.pop_back();
    for (char c : node->text) bytes += static_cast<unsigned char>(c);
    for (const auto& [name, value] : document->attributes(*node)) bytes += name.size() + value.size();
    for (const XmlNode* child = document->first_child(*node); child; child = document->next(*child))
      left.push_back(child);
  }
  return bytes == static_cast<std::size_t>(-1);
}
