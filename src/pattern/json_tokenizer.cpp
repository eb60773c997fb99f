#include "pattern/json_tokenizer.h"

#include <simdjson.h>

#include <array>
#include <cstring>
#include <new>

#include "pattern/wide_tokens.h"

namespace setpoint::pattern {

namespace {

constexpr std::size_t kRoomMin = 16 << 10;

constexpr std::array<std::uint8_t, 256> kKinds = [] {
  std::array<std::uint8_t, 256> kinds{};
  for (unsigned c = 0; c < kinds.size(); ++c) kinds[c] = JsonTokenizer::kind_of(static_cast<unsigned char>(c));
  return kinds;
}();

template <class T>
bool allocate(std::unique_ptr<T[]>& out, std::size_t count) {
  out.reset(new (std::nothrow) T[count]);
  return out != nullptr;
}

}  // namespace

struct JsonTokenizer::Stage {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;

  bool reserve(std::size_t bytes) {
    auto failed = parser ? parser->allocate(bytes, 1)
                         : simdjson::get_active_implementation()->create_dom_parser_implementation(bytes, 1, parser);
    return !failed;
  }
};

JsonTokenizer::JsonTokenizer(Way way)
    : wide_(way == Way::best && has_wide_tokens()), stage_(wide_ ? nullptr : std::make_unique<Stage>()) {}
JsonTokenizer::~JsonTokenizer() = default;

bool JsonTokenizer::reserve(std::size_t bytes) {
  if (bytes <= capacity_) return true;
  capacity_ = 0;
  std::size_t wanted = std::max(bytes, kRoomMin);
  bool got = allocate(kinds_, wanted + kSlack);
  got = got && (wide_ ? allocate(own_positions_, wanted + kWideSlack) : stage_->reserve(wanted));
  if (got) capacity_ = wanted;
  return got;
}

bool JsonTokenizer::read(std::string_view text) {
  if (!wide_) return read_portably(text);
  WideTokens tokens{.positions = own_positions_.get(), .kinds = kinds_.get()};
  bool good = tokens.read(text);
  count_ = tokens.count;
  escapes_ = tokens.escapes;
  positions_ = tokens.positions;
  tokens.positions[count_] = static_cast<std::uint32_t>(text.size());
  return good && count_ > 0 && (!tokens.beyond_ascii || simdjson::validate_utf8(text.data(), text.size()));
}

bool JsonTokenizer::read_portably(std::string_view text) {
  auto& parser = *stage_->parser;
  auto bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  if (parser.stage1(bytes, text.size(), simdjson::stage1_mode::regular)) return false;
  std::uint32_t* found = parser.structural_indexes.get();
  count_ = parser.n_structural_indexes;
  found[count_] = static_cast<std::uint32_t>(text.size());  // simdjson keeps room for it
  positions_ = found;
  escapes_ = std::memchr(text.data(), '\\', text.size()) != nullptr;
  for (std::size_t i = 0; i < count_; ++i) kinds_[i] = kKinds[bytes[found[i]]];
  return count_ > 0;
}

}  // namespace setpoint::pattern
