using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.House.Tests;

/// <summary>The specification has a row for everything there is.</summary>
public sealed class SpecRowTests
{
    [Fact]
    public void Every_primitive_has_a_row_in_the_graph_specification()
    {
        var text = Repository.Read("spec/graph.md");
        Assert.All(Enum.GetNames<OpCode>(), op => Assert.Contains($"`{op}`", text));
    }

    [Fact]
    public void Codes_are_unique()
    {
        var codes = DiagnosticCodes.All.Select(c => c.Id).ToList();
        Assert.Equal(codes.Distinct().Order(), codes.Order());
    }
}
