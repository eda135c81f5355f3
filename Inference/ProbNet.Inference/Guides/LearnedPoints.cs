using ProbNet.Graph;
using ProbNet.Inference.Options;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Guides;

/// <summary>Learned point values (<c>param</c>) of models and guide programs as parameters of a fit.</summary>
/// <remarks>
/// They have no prior term: maximising the objective over them is maximum likelihood, and beside latent sites it is type-II maximum likelihood (empirical Bayes).
/// Source: Bishop, Pattern recognition and machine learning (2006), sec. 3.5; for networks, Kingma and Welling, Auto-encoding variational Bayes, ICLR 2014.
/// </remarks>
internal static class LearnedPoints
{
    /// <summary>What the names of a model's own parameters begin with; no site and no guide can be called so.</summary>
    public const string ModelPrefix = "param:";

    /// <summary>The parameters of a graph, their names under a prefix.</summary>
    public static EqArray<GuideParameter> Of(ModelGraph graph, string prefix) => graph.Parameters.Map(p => new GuideParameter(prefix + p.Name, p.Value.Shape, [p.Name], random => p.Start switch
    {
        ParameterStart.Fixed start => start.Value,
        ParameterStart.Drawn start => start.Distribution.Sample(random),
        _ => throw new System.Diagnostics.UnreachableException(),
    }));

    /// <summary>What fills the parameters' holes: each hole with the rows at hand where it has a value for each row.</summary>
    public static IEnumerable<(Tensor Hole, Tensor Value)> Fill(ModelGraph graph, string prefix, IReadOnlyDictionary<string, Tensor> values, RowView rows) =>
        graph.Parameters.Select(p => (p.Value, p.PerRow ? rows.Take(values[prefix + p.Name]) : values[prefix + p.Name]));

    /// <summary>Why some cannot be fitted: their start or size is not fixed before the data is seen.</summary>
    /// <param name="graph">The graph with one number of rows.</param>
    /// <param name="other">The graph with another number of rows.</param>
    /// <param name="mayHaveRows">Whether a value for each data row is allowed.</param>
    public static EqArray<Diagnostic> Faults(ModelGraph graph, ModelGraph other, bool mayHaveRows)
    {
        var found = new List<Diagnostic>();
        for (var i = 0; i < graph.Parameters.Count; i++)
        {
            var (p, q) = (graph.Parameters[i], other.Parameters[i]);
            var dependsOnRows = p.PerRow ? !mayHaveRows || p.Value.Shape[1..] != q.Value.Shape[1..] : p.Value.Shape != q.Value.Shape;
            if (dependsOnRows)
            {
                found.Add(new(InferenceCodes.LearnedPoint, $"the learned value '{p.Name}' has another size for each number of data rows, so it says nothing about new rows", p.Span)
                { Hint = mayHaveRows ? "let data rows be its leading axis, or none" : "draw a value for each row from a distribution instead, or compute it from the rows" });
            }
            if (Topology.Sort(Start(p)).Any(n => n.Op == OpCode.Input))
            {
                found.Add(new(InferenceCodes.LearnedPoint, $"the starting value of '{p.Name}' depends on data or draws, which are not there when a fit starts", p.Span)
                { Hint = "start it from numbers, zeros, glorot or a distribution with numbers as parameters" });
            }
        }
        return found.ToEqArray();
    }

    private static EqArray<Tensor> Start(LearnedParameter parameter) => parameter.Start switch
    {
        ParameterStart.Fixed start => [start.Value],
        ParameterStart.Drawn start => start.Distribution.Arguments,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
