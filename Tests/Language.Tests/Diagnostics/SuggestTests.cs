namespace ProbNet.Language.Tests.Diagnostics;

public class SuggestTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("normal", "nromal", 1)]
    [InlineData("ca", "abc", 3)]
    [InlineData("relu", "rleu", 1)]
    [InlineData("dense", "denses", 1)]
    public void Distance_counts_edits_and_swaps(string a, string b, int distance)
    {
        Assert.Equal(distance, Suggest.Distance(a, b));
        Assert.Equal(distance, Suggest.Distance(b, a));
    }

    [Theory]
    [InlineData("nromal", "normal")]
    [InlineData("NORMAL", "normal")]
    [InlineData("halfnormal", "halfNormal")]
    [InlineData("categorial", "categorical")]
    [InlineData("x", null)]
    [InlineData("normal", null)]
    [InlineData("zebra", null)]
    [InlineData("gama", "gamma")]
    [InlineData("ga", null)]
    public void Nearest_is_near_or_nothing(string name, string? nearest)
    {
        string[] candidates = ["normal", "halfNormal", "categorical", "gamma", "y"];
        Assert.Equal(nearest, Suggest.Nearest(name, name == "normal" ? ["halfNormal", "normal"] : candidates));
    }

    [Fact]
    public void Ties_go_to_the_first() => Assert.Equal("cat", Suggest.Nearest("bat", ["cat", "rat"]));
}
