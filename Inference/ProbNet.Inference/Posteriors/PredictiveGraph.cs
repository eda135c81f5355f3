using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Objectives;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Posteriors;

/// <summary>One draw of a posterior predictive for a chunk of rows, as expressions of inputs: what every way of predicting computes.</summary>
/// <param name="Model">The model's graph for the rows of a chunk.</param>
/// <param name="Parameters">Inputs for the guide's parameters, in the plan's order.</param>
/// <param name="Given">Inputs for arguments and observed values of the chunk's rows.</param>
/// <param name="Outcomes">What is predicted: one for each observed site that is a named draw.</param>
/// <param name="Scope">The draw.</param>
internal sealed record PredictiveGraph(
    ModelGraph Model, EqArray<Tensor> Parameters, EqArray<(string Name, Tensor Input, bool PerRow)> Given, EqArray<Outcome> Outcomes, PosteriorScope Scope)
{
    /// <summary>The seed, I64 [].</summary>
    public required Tensor Seed { get; init; }

    /// <summary>The number of the first draw of a chunk of draws, I64 [].</summary>
    public required Tensor Start { get; init; }

    /// <summary>The position of the chunk's first row among all rows, I64 [].</summary>
    public required Tensor First { get; init; }

    /// <summary>The number of all rows, I64 [].</summary>
    public required Tensor Total { get; init; }

    /// <summary>The number of the draw, I64 [], in the place of which a chunk of draws has several.</summary>
    public required Tensor Draw { get; init; }

    /// <summary>Inputs for all but the data: parameters, seed, start of the draws, first row, number of rows.</summary>
    public IEnumerable<Tensor> Inputs => [.. Parameters, Seed, Start, First, Total];

    /// <summary>The number of draws that predict what is asked for: all different ones where there are finitely many.</summary>
    /// <param name="model">The model.</param>
    /// <param name="guide">The guide.</param>
    /// <param name="graph">The model's graph with any number of rows.</param>
    /// <param name="asked">The number asked for.</param>
    public static int Draws(BoundModel model, GuidePlan guide, ModelGraph graph, int asked)
    {
        // The draws of a point without noise are all the same, but quantiles of numbers are those of drawn outcomes.
        var isFixed = graph.Noises.IsEmpty && SharedDiscrete.Of(model, graph).Count == 0 && graph.Sites.Where(model.IsObserved).All(Outcome.IsClass);
        return guide.DrawsFor(isFixed && guide.DistinctDraws is { } distinct ? distinct : asked);
    }

    /// <summary>Builds the expressions.</summary>
    /// <param name="model">The model.</param>
    /// <param name="guide">The guide.</param>
    /// <param name="isGiven">Which arguments and observed sites have values.</param>
    /// <param name="rowChunk">The rows of a chunk.</param>
    /// <param name="options">What the rows are, and whether they share their draws.</param>
    public static PredictiveGraph Of(BoundModel model, GuidePlan guide, Func<string, bool> isGiven, int rowChunk, PredictOptions options)
    {
        var graph = model.Elaborate(rowChunk);
        EqArray<Tensor> parameters = guide.Parameters.Map(p => Input(p.Name, guide.Precision, p.Shape));
        var (seed, start, draw) = (Input("seed", DType.I64, []), Input("start", DType.I64, []), Input("draw", DType.I64, []));
        var (first, total) = (Input("rows.first", DType.I64, []), Input("rows.total", DType.I64, []));
        var index = Min(BroadcastTo(first, [rowChunk]) + Iota([rowChunk], 0), BroadcastTo(total - Constant(HostTensor.Scalar(1)), [rowChunk]));
        var rows = new RowView(rowChunk, index);
        var given = DataInputs.For(model, graph, rowChunk).Values.Where(v => isGiven(v.Name)).ToEqArray();
        var byName = guide.Parameters.Zip(parameters).ToDictionary(p => p.First.Name, p => p.Second);
        var random = new RandomSource(seed, Constant(HostTensor.Scalar(0)), draw).Named("predict");
        // The chunk's data are inputs of the chunk's size: nothing is gathered.
        var fill = new DataInputs(given).Fill(graph, RowView.All(rowChunk));
        var trained = options is { Rows: RowIdentity.New, Trained: { } training } ? SharedDiscrete.Draw(model, guide, byName, random, training, graph) : null;
        var scope = new PosteriorScope(model, graph, guide, byName, fill, random, rows, options.Rows, trained, rowByRow: !options.SharedDraws);
        var outcomes = graph.Sites.Where(s => model.IsObserved(s) && s.Kind == SiteKind.Sample).Select(s => Outcome.Of(s, scope, random, rows, guide.Precision)).ToEqArray();
        return new(graph, parameters, given, outcomes, scope) { Seed = seed, Start = start, First = first, Total = total, Draw = draw };
    }

    /// <summary>Expressions of one draw for a chunk of draws, with a leading axis of these.</summary>
    public Tensor[] Lift(IEnumerable<Tensor> values, int drawChunk)
    {
        var many = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [Draw] = BroadcastTo(Start, [drawChunk]) + Iota([drawChunk], 0) };
        return [.. Vmap.Batch([.. values], many, drawChunk)];
    }
}
