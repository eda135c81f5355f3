using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ProbNet.Cli.Tests;

/// <summary><c>explain --emit graphviz</c> and <c>html</c>.</summary>
public sealed class DiagramTests
{
    [Fact]
    public void Graphviz_shows_plates_known_values_and_shapes()
    {
        using var place = new Workplace("eight_schools");
        var dot = Workplace.Run("explain", place.At("eight_schools", "eight_schools.prob"), "--emit", "graphviz").Ended(0).Out;
        Assert.StartsWith("digraph \"eightSchools\" {", dot);
        Assert.Contains("\"y\" [label=\"y\\n~ normal\\nreal[j]\", shape=ellipse, style=filled, fillcolor=gray85];", dot);
        Assert.Contains("\"mu\" [label=\"mu\\n~ normal\\nreal\", shape=ellipse];", dot);
        Assert.Contains("\"z\" -> \"theta\" [label=\"[j]\"];", dot);
        Assert.Contains("\"mu\" -> \"theta\";", dot);
        Assert.Contains("\"sigma\" -> \"y\" [label=\"[j]\"];", dot);
        Assert.DoesNotContain("\"mu\" -> \"y\"", dot);
        var plate = dot[dot.IndexOf("subgraph", StringComparison.Ordinal)..];
        plate = plate[..plate.IndexOf("    }", StringComparison.Ordinal)];
        Assert.Equal(["sigma", "theta", "y", "z"], Regex.Matches(plate, "\"(\\w+)\" \\[label=").Select(m => m.Groups[1].Value).Order());
    }

    [Fact]
    public void A_model_without_data_has_nothing_shaded_but_its_arguments()
    {
        using var place = new Workplace();
        var path = place.Write("m.prob", "model m (x : real[n, 40]) = prob {\n    let! w = normal 0.0 1.0 |> iid [3]\n    let! y = normal (w.[2] * x.[*, 35]) 1.0\n    return y\n}\n");
        var dot = Workplace.Run("explain", path, "--emit", "graphviz").Ended(0).Out;
        Assert.Equal("\"x\"", Regex.Match(Assert.Single(dot.Split('\n'), l => l.Contains("filled")), "\"\\w+\"").Value);
    }

    [Fact]
    public void The_page_is_well_formed_and_names_every_site()
    {
        using var place = new Workplace("iris");
        var page = Workplace.Run("explain", place.At("iris", "iris.prob"), "--emit", "html").Ended(0).Out;
        var svg = XElement.Parse(page[page.IndexOf("<svg", StringComparison.Ordinal)..(page.IndexOf("</svg>", StringComparison.Ordinal) + 6)]);
        var names = svg.Descendants("text").Where(t => (string?)t.Attribute("class") == "name").Select(t => t.Value);
        Assert.Equal(["h1.b", "h1.w", "h2.b", "h2.w", "logits.b", "logits.w", "species", "x"], names.Order(StringComparer.Ordinal));
        Assert.Equal(2, svg.Descendants("g").Count(g => (string?)g.Attribute("class") == "node known"));
        Assert.DoesNotContain("http", page);
    }
}
