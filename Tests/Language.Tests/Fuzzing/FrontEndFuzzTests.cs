using Xunit.Abstractions;

namespace ProbNet.Language.Tests.Fuzzing;

/// <summary>
/// Texts through the whole front end. With the 25,000 of <see cref="Syntax.FuzzTests"/> these are 100,000 inputs. Their numbers are fixed; the environment variable
/// PROBNET_FUZZ=k runs other ones, the k-th share of that many.
/// </summary>
public class FrontEndFuzzTests(ITestOutputHelper output)
{
    private const int OfGrammar = 45_000, OfBytes = 30_000;

    private static readonly int Share = int.TryParse(Environment.GetEnvironmentVariable("PROBNET_FUZZ"), out var share) ? share : 0;

    [Fact]
    public void Programs_mutated_by_their_syntax_give_graphs_or_diagnostics()
    {
        var reached = Campaign.Run(OfGrammar, number => GrammarMutator.Of(Seeds.All, Share * OfGrammar + number), FrontEnd.Meets);
        output.WriteLine(string.Join(", ", reached));
        // A fuzzer whose inputs all fail early tests little: most parse, and a good part comes through.
        Assert.True(reached[Reach.Read] < OfGrammar / 3, $"{reached[Reach.Read]} of {OfGrammar} do not parse");
        Assert.True(reached[Reach.Elaborated] > OfGrammar / 10, $"{reached[Reach.Elaborated]} of {OfGrammar} elaborate");
    }

    [Fact]
    public void Bytes_of_any_kind_give_diagnostics_or_graphs() => output.WriteLine(string.Join(", ", Campaign.Run(OfBytes, number => ByteMutator.Of(Seeds.All, Share * OfBytes + number), FrontEnd.Meets)));
}
