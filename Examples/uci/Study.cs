using ProbNet.Graph;
using ProbNet.Inference.Workflow;
using ProbNet.Language;

namespace ProbNet.Examples.Uci;

/// <summary>What is run: data sets, splits, models and methods, and the candidates among which each split's training rows choose.</summary>
/// <param name="Source">The program.</param>
/// <param name="Models">Names of its models.</param>
/// <param name="Methods">Names of its infer declarations.</param>
/// <param name="Settings">Settings of all runs.</param>
/// <param name="Grid">Lists of alternatives, of which a candidate takes one each; null for each method's own.</param>
/// <param name="Draws">Posterior draws in a prediction.</param>
/// <param name="Seed">The seed of every fit.</param>
public sealed record Study(SourceText Source, EqArray<string> Models, EqArray<string> Methods, EqArray<Setting> Settings, EqArray<EqArray<Setting>>? Grid, int Draws, long Seed)
{
    /// <summary>
    /// Runs one model and method on one split. Several candidates are compared on the last part of the training list first; the best by log-likelihood there that can be
    /// fitted to all training rows is.
    /// </summary>
    /// <param name="set">The data.</param>
    /// <param name="split">The split.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="method">The name of the infer declaration.</param>
    /// <param name="backend">Where to compute.</param>
    /// <param name="validateOnly">Give each candidate's validation score instead, and leave the test rows alone.</param>
    public IEnumerable<Result> Run(UciSet set, Split split, string model, string method, IBackend backend, bool validateOnly)
    {
        Trial[] candidates = [.. Candidates(method).Select(g => new Trial(Source, model, method, [.. Settings, .. g]))];
        if (validateOnly)
        {
            foreach (var candidate in candidates) yield return Scored(candidate, split.Validation, "validation");
            yield break;
        }
        if (candidates.Length == 1)
        {
            yield return Scored(candidates[0], split, "test");
            yield break;
        }
        Trial[] ranked = [.. candidates.Select(c => (Candidate: c, Score: Validated(c))).OrderByDescending(c => c.Score).Select(c => c.Candidate)];
        yield return FirstThatFits();

        // Whether a fit ends in numbers does not depend on test rows.
        Result FirstThatFits()
        {
            foreach (var candidate in ranked[..^1])
            {
                try
                {
                    return Scored(candidate, split, "test");
                }
                catch (Exception e) when (e is InvalidOperationException or DiagnosticException)
                {
                }
            }
            return Scored(ranked[^1], split, "test");
        }

        // A candidate whose fit fails is none.
        double Validated(Trial candidate)
        {
            try
            {
                var score = Scored(candidate, split.Validation, "").Scores.LogLikelihood;
                return double.IsNaN(score) ? double.NegativeInfinity : score;
            }
            catch (Exception e) when (e is InvalidOperationException or DiagnosticException)
            {
                return double.NegativeInfinity;
            }
        }

        Result Scored(Trial trial, Split rows, string on) => new(set.Name, split.Number, method, model, on, trial.SettingsText, trial.Run(set, rows, backend, Draws, Seed + split.Number));
    }

    /// <summary>
    /// What each split chooses among where the command line says nothing: the rate of dropout as in the published grid, and how long runs go on that have nothing but their length to keep
    /// them from fitting the noise.
    /// </summary>
    private static EqArray<EqArray<Setting>> Usual(string method) => method switch
    {
        "dropout" => [Alternatives("rate", "0.005", "0.01", "0.05", "0.1")],
        "ensemble" or "swag" => [Alternatives("epochs", "40", "80", "160", "600", "2000")],
        "laplace" => [Alternatives("epochs", "80", "300", "1000")],
        _ => [],
    };

    /// <summary>Alternatives of one setting.</summary>
    public static EqArray<Setting> Alternatives(string name, params IEnumerable<string> values) => values.Select(v => new Setting(name, v)).ToEqArray();

    /// <summary>Every combination of one alternative from each list.</summary>
    public IEnumerable<EqArray<Setting>> Candidates(string method) => (Grid ?? Usual(method)).Where(g => !Settings.Any(s => s.Name == g[0].Name)).Aggregate((IEnumerable<EqArray<Setting>>)[[]], (sofar, next) => [.. sofar.SelectMany(s => next.Select(n => (EqArray<Setting>)[.. s, n]))]);
}

/// <summary>What one fit gave.</summary>
/// <param name="Set">The data set.</param>
/// <param name="Split">The split's number.</param>
/// <param name="Method">The infer declaration.</param>
/// <param name="Model">The model.</param>
/// <param name="On">The rows scored: test, or validation.</param>
/// <param name="Settings">The settings that replaced the program's.</param>
/// <param name="Scores">The scores.</param>
public sealed record Result(string Set, int Split, string Method, string Model, string On, string Settings, Scores Scores);
