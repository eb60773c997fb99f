#include "city_lots.h"

#include <fmt/format.h>

#include <array>

#include "draw.h"

namespace setpoint::bench {

namespace {

const std::array kStreets = {"ALDER",    "BIRCH",   "CEDAR", "DOGWOOD", "ELM",   "FIR",    "GINKGO", "HAZEL",
                             "IRONWOOD", "JUNIPER", "KAPOK", "LARCH",   "MAPLE", "NUTMEG", "OAK",    "PINE"};
const std::array kTypes = {"ST", "AVE", "BLVD", "LN", "CT"};

std::string feature(Draw& draw) {
  auto x = [&] { return fmt::format("-122.4{:010}", draw.below(10'000'000'000)); };
  auto y = [&] { return fmt::format("37.7{:011}", draw.below(100'000'000'000)); };
  std::string points;
  for (int i = 0; i < 11; ++i) points += fmt::format(R"({}{{"x":{},"y":{},"z":0.0}})", i ? "," : "", x(), y());
  std::uint64_t block = draw.between(1, 9999), lot = draw.between(1, 250);
  return fmt::format(
      R"({{"type":"Feature","properties":{{"MAPBLKLOT":"{0:04}{1:03}","BLKLOT":"{0:04}{1:03}","BLOCK_NUM":"{0:04}","LOT_NUM":"{1:03}","FROM_ST":"{2}","TO_ST":"{2}","STREET":"{3}","ST_TYPE":"{4}","ODD_EVEN":"{5}"}},"geometry":{{"type":"Polygon","firstCoordinates":{{"x":{7},"y":{8}}},"coordinates":[{6}]}}}})",
      block, lot, draw.between(1, 2500), draw.any(kStreets), draw.any(kTypes), draw.percent(50) ? "O" : "E", points,
      x(), y());
}

std::vector<std::string> each(const char* shape) {
  std::vector<std::string> out;
  for (int i = 0; i < 30; ++i) {
    out.push_back(fmt::format(fmt::runtime(shape),
                              fmt::arg("street", kStreets[static_cast<std::size_t>(i) % kStreets.size()]),
                              fmt::arg("block", i * 331 + 17), fmt::arg("digit", i % 10), fmt::arg("x", i)));
  }
  return out;
}

}  // namespace

std::vector<std::string> city_features(std::size_t count, std::uint64_t seed) {
  Draw draw(seed);
  std::vector<std::string> out(count);
  for (std::string& text : out) text = feature(draw);
  return out;
}

std::vector<Family> city_families() {
  return {
      {"exact", each(R"({{"properties":{{"STREET":["{street}"],"BLOCK_NUM":["{block:04}"]}}}})")},
      {"prefix", each(R"({{"properties":{{"MAPBLKLOT":[{{"prefix":"{block:04}"}}]}}}})")},
      {"suffix", each(R"({{"properties":{{"MAPBLKLOT":[{{"suffix":"{digit}{x:02}"}}]}}}})")},
      {"equals-ignore-case",
       each(R"({{"properties":{{"STREET":[{{"equals-ignore-case":"{street}x"}},{{"equals-ignore-case":"oak"}}]}}}})")},
      {"wildcard", each(R"({{"properties":{{"MAPBLKLOT":[{{"wildcard":"{digit}*{digit}{x:02}"}}]}}}})")},
      {"numeric",
       each(R"({{"geometry":{{"firstCoordinates":{{"x":[{{"numeric":[">=",-122.4{x:02}5,"<",-122.4{x:02}]}}]}}}}}})")},
      {"anything-but",
       each(
           R"({{"properties":{{"STREET":[{{"anything-but":["{street}","ELM"]}}],"BLOCK_NUM":[{{"prefix":"{block:04}"}}]}}}})")},
      {"anything-but-prefix",
       each(R"({{"properties":{{"STREET":[{{"anything-but":{{"prefix":"{street}"}}}}],"LOT_NUM":["{x:03}"]}}}})")},
      {"complex-arrays",
       each(
           R"({{"geometry":{{"type":["Polygon"],"coordinates":{{"x":[{{"numeric":["=",-122.4{x:02}]}}],"z":[0]}}}}}})")},
      {"combo",
       each(
           R"({{"type":["Feature"],"geometry":{{"coordinates":{{"x":[{{"numeric":["<",-122.4{x:02}]}}],"y":[{{"numeric":[">",37.7{x:02}]}}]}}}},"properties":{{"STREET":[{{"prefix":"{street}"}}],"ST_TYPE":[{{"anything-but":"CT"}}],"TO_ST":[{{"exists":true}}]}}}})")},
  };
}

}  // namespace setpoint::bench
