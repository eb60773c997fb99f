// What the Observer reads from the twin over the wire, loaded into another twin, renders the same: a plan that is made
// on the copy holds for the original.
#include <gtest/gtest.h>

#include <map>

#include "base/file.h"
#include "cloud/aws/observer.h"
#include "twin/inventory.h"
#include "twin/seed.h"
#include "twin/wire.h"

namespace setpoint::twin {
namespace {

namespace aws = cloud::aws;

State seeded(const char* path) {
  base::Diagnostics diagnostics;
  auto text = base::read_file(std::string(SETPOINT_SOURCE_DIR) + path);
  std::optional<Seed> seed = parse_seed({path, *text}, diagnostics);
  EXPECT_TRUE(seed) << diagnostics.render();
  return seed ? seed->state : State();
}

struct Watched {
  std::shared_ptr<aws::ModelCatalog> catalog = *aws::ModelCatalog::open_default({});
  base::ManualClock clock{base::Timestamp{1'795'000'000'000}};
  base::SeededRandom random{7};
  Cloud cloud;
  TwinTransport transport{cloud, *catalog};
  aws::Client client{[this] {
    aws::ClientOptions options;
    options.catalog = catalog;
    options.transport = &transport;
    options.clock = &clock;
    options.random = &random;
    options.endpoint.url = "http://twin.test";
    options.credentials = [](const std::string&) -> base::Result<aws::Credentials> {
      aws::Credentials keys;
      keys.access_key = "111122223333";
      keys.secret_key = aws::Secret("any");
      return keys;
    };
    return options;
  }()};
  aws::AwsObserver observer{client};
  explicit Watched(State state) : cloud(std::move(state), clock) {}

  std::vector<model::Resource> all() {
    std::vector<model::Resource> found;
    auto report = observer.discover({.account = "111122223333", .regions = {"eu-west-1"}, .types = {}},
                                    [&](model::Resource resource) { found.push_back(std::move(resource)); });
    EXPECT_TRUE(report) << report.error().text();
    for (const cloud::Unread& unread : report->unread) ADD_FAILURE() << unread.type << ": " << unread.why.text();
    return found;
  }
};

TEST(ObservedItems, EveryTypeIsReadFromTheDemoAndLoadedBackTheSame) {
  Watched watched(seeded("/content/demo/account.yaml"));
  std::vector<model::Resource> found = watched.all();
  ASSERT_GT(found.size(), 30u);
  Loaded loaded = load(found);
  for (const LeftOut& left : loaded.left_out) ADD_FAILURE() << left.key.text() << ": " << left.why;
  for (const model::Resource& resource : found) {
    model::Resource again = render(loaded.state, resource.key, resource.captured_at);
    EXPECT_EQ(again.knowledge, model::Knowledge::known) << resource.key.text();
    EXPECT_EQ(again.state_digest(), resource.state_digest()) << resource.key.text() << "\n"
                                                             << Json::diff(resource.item, again.item).dump();
  }
}

TEST(ObservedItems, OneResourceIsObservedAsItIsDiscovered) {
  Watched watched(seeded("/content/demo/account.yaml"));
  for (const model::Resource& resource : watched.all()) {
    auto again = watched.observer.observe(resource.key);
    ASSERT_TRUE(again) << resource.key.text() << ": " << again.error().text();
    EXPECT_EQ(again->state_digest(), resource.state_digest()) << resource.key.text();
  }
}

}  // namespace
}  // namespace setpoint::twin
