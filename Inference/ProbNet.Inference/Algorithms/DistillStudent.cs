using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Options;
using ProbNet.Inference.Posteriors;
using ProbNet.Language;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Algorithms;

/// <summary>
/// The student as a model of its own: each outcome is replaced by a factor, its expected log-density under the teacher's predictive distribution, and by arguments that hold that distribution. So the
/// training, minibatches, validation and memory forecast of all other fits serve it.
/// </summary>
internal static class DistillStudent
{
    private const string Probabilities = ".probabilities", Mean = ".mean", Variance = ".variance";

    /// <summary>The student of a model, or why its outcomes cannot be taught.</summary>
    public static Checked<BoundModel> Of(BoundModel model)
    {
        var graph = model.Elaborate(model.Rows);
        var found = new List<Diagnostic>();
        var outcomes = graph.Sites.Where(model.IsObserved).ToEqArray();
        if (outcomes.IsEmpty) found.Add(new(InferenceCodes.Teacher, $"the model '{graph.Name}' has no outcome to be taught", default));
        foreach (var site in outcomes)
        {
            var others = graph.Sites.Where(s => !ReferenceEquals(s, site)).SelectMany(s => s.Distribution.Arguments);
            var hole = new HashSet<Tensor>(ReferenceEqualityComparer.Instance) { site.Value };
            var why = site.Kind == SiteKind.Observe ? "is a term without a name, of which a posterior predicts nothing"
                : !site.PerRow || Outcome.SpansRows(site) ? "is no plate over data rows"
                : site.Recurrence is not null || others.Any(a => Marginal.DependsOn(a, hole)) ? "enters the distributions of other values, which then need it and not its prediction"
                : Outcome.Labels(site.Distribution).IsEmpty && site.Distribution.Family is not (Normal or Poisson) ? $"has the family {site.Distribution.Family.Name}: labels, normal outcomes and poisson counts can be taught"
                : null;
            if (why is not null) found.Add(new(InferenceCodes.Teacher, $"the outcome '{site.Name}' {why}", site.Span));
        }
        if (found.Count > 0) return new(null, found.ToEqArray());
        return model with { Observed = [], Elaborate = rows => Student(model, model.Elaborate(rows)) };
    }

    /// <summary>The rows of two data sets one after the other, without the outcomes.</summary>
    public static DataSet Joined(BoundModel student, DataSet first, DataSet? second)
    {
        var graph = student.Elaborate(Math.Max(2, first.Rows));
        var arguments = graph.Arguments.Where(a => first.Values.ContainsKey(a.Name)).ToArray();
        var rows = first.Rows + (second?.Rows ?? 0);
        return new(arguments.ToDictionary(a => a.Name, a => !a.PerRow || second is null ? first.Values[a.Name] : Join(first.Values[a.Name], second.Values[a.Name])), rows);
    }

    /// <summary>Arguments with the teacher's predictions beside them.</summary>
    public static DataSet Taught(BoundModel model, BoundModel student, DataSet arguments, Predictions predictions)
    {
        var values = new Dictionary<string, HostTensor>(arguments.Values.ToDictionary());
        var graph = student.Elaborate(arguments.Rows);
        foreach (var site in predictions.Sites.Where(s => model.Observed.Contains(s.Site)))
        {
            switch (site)
            {
                case SitePrediction.Class c:
                    Add(site.Site + Probabilities, c.Summary.Probabilities);
                    break;
                case SitePrediction.Real r:
                    Add(site.Site + Mean, r.Summary.Mean);
                    Add(site.Site + Variance, r.Summary.TotalVariance);
                    break;
            }
        }
        return new(values, arguments.Rows);

        void Add(string name, EqArray<double> numbers)
        {
            if (graph.Arguments.FirstOrDefault(a => a.Name == name) is { } target) values[name] = HostTensor.FromDoubles(target.Value.DType, target.Value.Shape, numbers.AsSpan());
        }
    }

    /// <summary>Arguments with zeros in place of predictions: the same sizes.</summary>
    public static DataSet Untaught(BoundModel student, DataSet arguments) =>
        new(student.Elaborate(arguments.Rows).Arguments.ToDictionary(a => a.Name, a => arguments.Values.TryGetValue(a.Name, out var value) ? value : HostTensor.Zeros(a.Value.DType, a.Value.Shape)), arguments.Rows);

    private static ModelGraph Student(BoundModel model, ModelGraph graph)
    {
        var (arguments, factors) = (graph.Arguments.ToList(), graph.Factors.ToList());
        foreach (var site in graph.Sites.Where(model.IsObserved))
        {
            var (distribution, type) = (site.Distribution, graph.Precision);
            Tensor term;
            if (Outcome.Labels(distribution) is { IsEmpty: false } labels)
            {
                var p = Argument(Probabilities, [.. distribution.Batch, labels.Count]);
                var q = distribution.Family is Categorical ? Composite.LogSoftmax(distribution.Arguments[0]) : Stack(labels.Select(distribution.LogDensity), -1);
                term = Sum(p * q, -1);
            }
            else if (distribution.Family is Poisson)
            {
                // The mean of y log(rate) - rate; log y! is the same for all students.
                term = Argument(Mean, distribution.Batch) * Log(distribution.Arguments[0]) - distribution.Arguments[0];
            }
            else
            {
                var (loc, scale) = (distribution.Arguments[0], distribution.Arguments[1]);
                term = (Square(Argument(Mean, distribution.Batch) - loc) + Argument(Variance, distribution.Batch)) / Square(scale) * -0.5 - Log(scale) - 0.5 * Math.Log(2 * Math.PI);
            }
            factors.Add(new(site.Name, SumLast(term, term.Rank - 1), true, site.Span));

            Tensor Argument(string suffix, Shape shape)
            {
                var hole = Input(site.Name + suffix, type, shape);
                arguments.Add(new(site.Name + suffix, hole, true, site.Span));
                return hole;
            }
        }
        return graph with { Arguments = arguments.ToEqArray(), Factors = factors.ToEqArray(), Sites = graph.Sites.Where(s => !model.IsObserved(s)).ToEqArray() };
    }

    private static HostTensor Join(HostTensor first, HostTensor second)
    {
        var result = HostTensor.Zeros(first.DType, first.Shape.With(0, first.Shape[0] + second.Shape[0]));
        Array.Copy(first.Data, result.Data, first.Data.Length);
        Array.Copy(second.Data, 0, result.Data, first.Data.Length, second.Data.Length);
        return result;
    }
}
