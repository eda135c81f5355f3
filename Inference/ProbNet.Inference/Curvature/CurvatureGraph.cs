using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Curvature;

/// <summary>A model with inputs in all its holes: the latent sites in unconstrained space, learned values, and the data of the rows at hand.</summary>
internal sealed class CurvatureGraph
{
    private readonly Dictionary<Tensor, Tensor> _values = new(ReferenceEqualityComparer.Instance);

    /// <summary>The model with some number of rows.</summary>
    public CurvatureGraph(BoundModel model, int rows)
    {
        Graph = model.Elaborate(rows);
        Latent = [.. Graph.Sites.Where(s => !model.IsObserved(s))];
        Likelihood = LikelihoodArguments.Of(model, Graph);
        Data = DataInputs.For(model, Graph, rows);
        Unconstrained = Latent.Map(s => Input(NameOf(s.Name), s.Value.DType, ShapeOf(s)));
        var constrained = Latent.Zip(Unconstrained).ToDictionary(p => p.First.Name, p => Bijector.For(p.First.Distribution)!.Forward(p.Second));
        (Tensor Hole, Tensor Value)[] given = [.. Data.Fill(Graph, RowView.All(rows)), .. Graph.Parameters.Select(p => (p.Value, Input(LearnedPoints.ModelPrefix + p.Name, p.Value.DType, p.Value.Shape)))];
        foreach (var (hole, value) in given) _values[hole] = value;
        foreach (var (name, value) in MovingSupports.Fill(Graph, constrained, given)) _values[Latent.First(s => s.Name == name).Value] = value;
    }

    /// <summary>The name of the input that holds a site's unconstrained value.</summary>
    public static string NameOf(string site) => "u:" + site;

    /// <summary>The model's graph.</summary>
    public ModelGraph Graph { get; }

    /// <summary>The latent sites in model order.</summary>
    public EqArray<Site> Latent { get; }

    /// <summary>Their unconstrained values: inputs.</summary>
    public EqArray<Tensor> Unconstrained { get; }

    /// <summary>The inputs of arguments and observed values.</summary>
    public DataInputs Data { get; }

    /// <summary>The observed sites whose distributions depend on latent values.</summary>
    public EqArray<LikelihoodArguments> Likelihood { get; }

    /// <summary>Expressions of the model at the unconstrained values.</summary>
    public Tensor[] At(params IReadOnlyList<Tensor> expressions) => [.. Substitution.Apply(expressions, _values)];

    private static Shape ShapeOf(Site site)
    {
        var bijector = Bijector.For(site.Distribution)!;
        var shape = site.Value.Shape;
        return shape[..^bijector.EventRank].Concat(bijector.UnconstrainedShape(shape[^bijector.EventRank..]));
    }
}
