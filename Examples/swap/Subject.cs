namespace ProbNet.Examples.Swap;

/// <summary>A program that inference is swapped under, as it stands in its folder.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="File">The program, relative to the folder of examples.</param>
/// <param name="Patterns">Patterns of sites that are given to families which refuse the whole model, in the order in which they are tried.</param>
/// <param name="Teacher">An <c>infer</c> declaration whose fit is distilled.</param>
/// <param name="Training">The length of a run and its steps.</param>
public sealed record Subject(string Name, string File, IReadOnlyList<string> Patterns, string Teacher, TrainingPlan Training)
{
    /// <summary>A classifier, a small regression, and a hierarchical model.</summary>
    public static IReadOnlyList<Subject> All { get; } =
    [
        new("iris", "iris/iris.prob", ["*.w", "*.b"], "flipout", new("adam 1e-3", 150, 32)),
        new("cars", "linear_regression/linear_regression.prob", ["beta"], "meanField", new("adam 0.02", 3000, null)),
        new("eight schools", "eight_schools/eight_schools.prob", ["z"], "meanField", new("adam 0.02", 3000, null)),
    ];
}

/// <summary>How long to train and how.</summary>
/// <param name="Optimizer">As an option's value.</param>
/// <param name="Epochs">Passes over the data; steps, where all rows are in each.</param>
/// <param name="Batch">Rows in a step, or null for all.</param>
public sealed record TrainingPlan(string Optimizer, int Epochs, int? Batch)
{
    // Enough for what is gathered over epochs.
    private const int Shortest = 20;

    /// <summary>As options of an algorithm.</summary>
    /// <param name="scale">A factor on the length.</param>
    /// <param name="allRows">Whether each step sees all rows, whatever the batch.</param>
    public string Options(double scale, bool allRows = false) =>
        $"optimizer = {Optimizer}; epochs = {Math.Max(Shortest, (int)(Epochs * scale))}{(Batch is { } b && !allRows ? $"; batch = {b}" : "")}";
}
