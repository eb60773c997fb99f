// Speed, memory and loading of pattern sets, as JSON on standard output. Every rate is events per CPU second of one
// thread, parsing of the raw bytes included, the median of rounds that alternate with the floor: a bare on-demand pass
// of simdjson over the fields in use, over the same bytes, in the same run. The ratio to it is the figure that counts;
// absolute rates move with the machine.
//
//   pattern_bench [--events N] [--rounds N] [--section NAME] [--patterns N]
//                 [--trail-events FILE --trail-patterns FILE]
#include <malloc.h>
#include <simdjson.h>
#include <time.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/result.h"
#include "city_lots.h"
#include "pattern/pattern.h"
#include "pattern/pattern_set.h"
#include "workload.h"

namespace setpoint::bench {

namespace {

using pattern::Matcher;
using pattern::Pattern;
using pattern::PatternId;
using pattern::PatternSet;
using Json = nlohmann::ordered_json;

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Options {
  std::size_t events = 10'000;
  std::size_t patterns = 0;  // of the trail: all sizes
  int rounds = 7;
  std::string section, trail_events, trail_patterns;
};

// Fields in use, as a tree; an empty node is a leaf.
struct FieldTree {
  std::vector<std::pair<std::string, FieldTree>> fields;

  void add(std::string_view path) {
    std::size_t dot = path.find('.');
    std::string_view name = path.substr(0, dot);
    auto found = std::find_if(fields.begin(), fields.end(), [&](auto& f) { return f.first == name; });
    if (found == fields.end()) found = fields.insert(found, {std::string(name), {}});
    if (dot != std::string_view::npos) found->second.add(path.substr(dot + 1));
  }
  const FieldTree* find(std::string_view name) const {
    for (const auto& field : fields) {
      if (field.first == name) return &field.second;
    }
    return nullptr;
  }
};

namespace ondemand = simdjson::ondemand;

// The floor: reads the values of the fields in use and does nothing with them.
struct Floor {
  ondemand::parser parser;
  std::size_t sum = 0;

  void value(ondemand::value v, const FieldTree& tree) {
    switch (v.type()) {
      case ondemand::json_type::object:
        return tree.fields.empty() ? void() : object(v.get_object().value(), tree);
      case ondemand::json_type::array:
        for (auto item : v.get_array()) value(item.value(), tree);
        return;
      case ondemand::json_type::string:
        sum += v.get_string().value().size();
        return;
      case ondemand::json_type::number:
        sum += static_cast<std::size_t>(v.get_double().value() > 0);
        return;
      default:
        sum += 1;
    }
  }
  void object(ondemand::object o, const FieldTree& tree) {
    for (auto field : o) {
      const FieldTree* below = tree.find(field.unescaped_key().value());
      if (below) value(field.value().value(), *below);
    }
  }
  void pass(const std::vector<simdjson::padded_string>& events, const FieldTree& tree) {
    for (const auto& event : events) {
      ondemand::document document = parser.iterate(event).value();
      object(document.get_object().value(), tree);
    }
  }
};

std::vector<Pattern> compile(const std::vector<std::string>& texts) {
  std::vector<Pattern> out;
  out.reserve(texts.size());
  for (const std::string& text : texts) {
    base::Diagnostics diagnostics;
    auto compiled = Pattern::compile({"bench", text}, diagnostics);
    if (!compiled) std::fprintf(stderr, "%s\n%s", text.c_str(), diagnostics.render().c_str());
    SETPOINT_ASSERT(compiled);
    out.push_back(std::move(*compiled));
  }
  return out;
}

FieldTree fields_of(const std::vector<Pattern>& patterns) {
  FieldTree tree;
  for (const Pattern& p : patterns) {
    for (const auto& alternative : p.alternatives()) {
      for (const auto& field : alternative) tree.add(field.path);
    }
  }
  return tree;
}

std::size_t match_all(Matcher& matcher, const std::vector<std::string>& events) {
  std::size_t matches = 0;
  for (const std::string& event : events) {
    auto ids = matcher.match(event);
    SETPOINT_ASSERT(ids.has_value());
    matches += ids->size();
  }
  return matches;
}

// Ours and the floor, turn by turn.
Json measure(const PatternSet& set, const FieldTree& tree, const std::vector<std::string>& events, int rounds) {
  std::vector<simdjson::padded_string> padded;
  std::size_t bytes = 0;
  for (const std::string& event : events) {
    padded.emplace_back(event);
    bytes += event.size();
  }
  Matcher matcher(set);
  Floor floor;
  std::vector<double> ours, floors, ratios;
  std::size_t matches = match_all(matcher, events);  // warm
  floor.pass(padded, tree);
  for (int round = 0; round < rounds; ++round) {
    double start = cpu_seconds();
    floor.pass(padded, tree);
    double middle = cpu_seconds();
    match_all(matcher, events);
    double end = cpu_seconds();
    double n = static_cast<double>(events.size());
    floors.push_back(n / (middle - start));
    ours.push_back(n / (end - middle));
    ratios.push_back((middle - start) / (end - middle));
  }
  double n = static_cast<double>(events.size());
  return {{"events_per_cpu_second", std::round(median(ours))},
          {"simdjson_on_demand_per_cpu_second", std::round(median(floors))},
          {"ratio", std::round(median(ratios) * 1000) / 1000},
          {"mean_event_bytes", std::round(static_cast<double>(bytes) / n)},
          {"matches_per_event", std::round(static_cast<double>(matches) / n * 100) / 100}};
}

Json trail(const std::vector<std::string>& events, const std::vector<std::string>& texts, int rounds) {
  std::vector<Pattern> patterns = compile(texts);
  PatternSet set;
  set.add_all(patterns);
  Json out = {{"patterns", texts.size()}};
  out.update(measure(set, fields_of(patterns), events, rounds));
  return out;
}

// A file of {"name","pattern"} lines, or of events.
std::vector<std::string> lines_of(const std::string& path, bool patterns) {
  std::ifstream file(path);
  std::vector<std::string> out;
  for (std::string line; std::getline(file, line);) {
    if (!patterns) {
      out.push_back(line);
      continue;
    }
    std::size_t at = line.find("\"pattern\":") + 10;
    out.push_back(line.substr(at, line.size() - at - 1));
  }
  return out;
}

Json trail_section(const Options& options) {
  bool own = options.trail_events.empty();
  std::vector<std::string> events = own ? trail_events(options.events, 11) : lines_of(options.trail_events, false);
  events.resize(std::min(events.size(), options.events));
  std::vector<std::string> all = own ? trail_patterns(100'000, 12, {}) : lines_of(options.trail_patterns, true);
  Json out = Json::array();
  for (std::size_t count : {std::size_t{10}, std::size_t{1000}, std::size_t{10'000}, std::size_t{100'000}}) {
    if (count <= all.size() && (options.patterns == 0 || options.patterns == count))
      out.push_back(trail(events, {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count)}, options.rounds));
  }
  return out;
}

Json inexact_section(const Options& options) {
  return trail(trail_events(options.events, 11), trail_patterns(10'000, 13, {.exact_fields = false}), options.rounds);
}

Json city_section(const Options& options) {
  std::vector<std::string> events = city_features(options.events, 14);
  Json out;
  for (const Family& family : city_families()) out[family.name] = trail(events, family.patterns, options.rounds);
  return out;
}

std::size_t heap_bytes() {
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

// Each of `count` changes is timed by itself.
template <class Change>
Json timed(std::size_t count, Change change) {
  std::vector<double> micros;
  for (std::size_t i = 0; i < count; ++i) {
    double start = cpu_seconds();
    change(i);
    micros.push_back((cpu_seconds() - start) * 1e6);
  }
  std::sort(micros.begin(), micros.end());
  auto rounded = [](double v) { return std::round(v * 10) / 10; };
  return {{"median_us", rounded(micros[count / 2])},
          {"p99_us", rounded(micros[count * 99 / 100])},
          {"max_us", rounded(micros.back())}};
}

Json load_section(const Options& options) {
  std::vector<std::string> texts =
      options.trail_patterns.empty() ? trail_patterns(100'000, 12, {}) : lines_of(options.trail_patterns, true);
  std::vector<Pattern> extra = compile(trail_patterns(1000, 15, {}));
  auto set = std::make_unique<PatternSet>();
  malloc_trim(0);
  std::size_t before = heap_bytes();
  double start = cpu_seconds();
  set->add_all(compile(texts));
  // The C library joins the small blocks that loading freed when someone next needs a large one. That is the load's own
  // debt (it was once 0.4 s of the first single addition), so the load pays it.
  malloc_trim(0);
  double seconds = cpu_seconds() - start;
  std::size_t after = heap_bytes() + set->index_bytes();
  std::vector<PatternId> ids;
  Json add = timed(extra.size(), [&](std::size_t i) { ids.push_back(set->add(extra[i])); });
  Json remove = timed(ids.size(), [&](std::size_t i) { set->remove(ids[i]); });
  return {{"patterns", texts.size()},
          {"load_cpu_seconds", std::round(seconds * 100) / 100},
          {"bytes_per_pattern", (after - before) / texts.size()},
          {"add_one", add},
          {"remove_one", remove}};
}

// A thousand wildcards of many stars on one field, against values that nearly match them.
Json hostile_section(const Options& options) {
  std::vector<std::string> texts;
  for (int i = 0; i < 1000; ++i) {
    std::string wildcard = "*";
    for (int star = 0; star < 40; ++star)
      wildcard += std::string(1 + static_cast<std::size_t>(star + i) % 3, 'a') + (star % 7 == i % 7 ? "b*" : "*");
    texts.push_back("{\"field\":[{\"wildcard\":\"" + wildcard + std::to_string(i) + "\"}]}");
  }
  malloc_trim(0);
  std::size_t before = heap_bytes();
  double start = cpu_seconds();
  std::vector<Pattern> patterns = compile(texts);
  PatternSet set;
  set.add_all(patterns);
  double seconds = cpu_seconds() - start;
  std::size_t bytes = heap_bytes() + set.index_bytes() - before;
  std::vector<std::string> events;
  for (int i = 0; i < 200; ++i) events.push_back("{\"field\":\"" + std::string(1500, 'a') + std::to_string(i) + "\"}");
  Json out = {{"wildcards", texts.size()}, {"load_cpu_seconds", seconds}, {"bytes_per_pattern", bytes / texts.size()}};
  out.update(measure(set, fields_of(patterns), events, std::min(options.rounds, 3)));
  return out;
}

Options parse(int argc, char** argv) {
  Options out;
  for (int i = 1; i + 1 < argc; i += 2) {
    std::string_view name = argv[i];
    if (name == "--events") out.events = std::strtoul(argv[i + 1], nullptr, 10);
    if (name == "--patterns") out.patterns = std::strtoul(argv[i + 1], nullptr, 10);
    if (name == "--rounds") out.rounds = std::atoi(argv[i + 1]);
    if (name == "--section") out.section = argv[i + 1];
    if (name == "--trail-events") out.trail_events = argv[i + 1];
    if (name == "--trail-patterns") out.trail_patterns = argv[i + 1];
  }
  return out;
}

int run(const Options& options) {
  Json out = {{"bench", "pattern"}, {"simdjson", simdjson::get_active_implementation()->name()}};
  auto wanted = [&](const char* name) { return options.section.empty() || options.section == name; };
  if (wanted("trail")) out["trail"] = trail_section(options);
  if (wanted("no-exact-field")) out["no-exact-field"] = inexact_section(options);
  if (wanted("city-lots")) out["city-lots"] = city_section(options);
  if (wanted("load")) out["load"] = load_section(options);
  if (wanted("hostile")) out["hostile"] = hostile_section(options);
  std::printf("%s\n", out.dump(2).c_str());
  return 0;
}

}  // namespace

}  // namespace setpoint::bench

int main(int argc, char** argv) { return setpoint::bench::run(setpoint::bench::parse(argc, argv)); }
