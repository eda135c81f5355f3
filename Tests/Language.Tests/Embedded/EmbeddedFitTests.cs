using ProbNet.Examples.Embedded;
using ProbNet.Language.Elaboration;

namespace ProbNet.Language.Tests.Embedded;

/// <summary>A model in C# is fitted from C#, with the result of the text form to the last bit.</summary>
public sealed class EmbeddedFitTests
{
    [Fact]
    public void Both_forms_have_the_same_posterior()
    {
        var text = Checker.Check(new SourceText("eight_schools.prob", File.ReadAllText(Path.Combine(RepositoryFiles.Root, "Examples", "eight_schools", "eight_schools.prob"))));
        var (expected, own) = (Fitting.Posterior(Assert.Single(text.Models), steps: 40), Fitting.EightSchoolsPosterior(steps: 40));
        Assert.Equal(18, own.Count);
        Assert.Equal(expected.Select(c => (c.Name, c.Mean, c.StandardDeviation)), own.Select(c => (c.Name, c.Mean, c.StandardDeviation)));
        Assert.NotEqual(own.Select(c => c.Mean), Fitting.EightSchoolsPosterior(steps: 41).Select(c => c.Mean));
    }
}
