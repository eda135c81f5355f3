using System.Globalization;

namespace ProbNet.Examples.Uci;

/// <summary>A data set with its standard splits, as the files of the folder give them.</summary>
/// <param name="Name">The name in tables.</param>
/// <param name="Inputs">The inputs of every row, original units.</param>
/// <param name="Outcome">The outcome of every row, original units.</param>
/// <param name="Splits">The splits, in order.</param>
public sealed record UciSet(string Name, double[][] Inputs, double[] Outcome, IReadOnlyList<Split> Splits)
{
    /// <summary>The data sets of the tables: their names here and the folders in which copies of the standard splits keep them.</summary>
    public static IReadOnlyList<(string Name, string[] Folders)> Known { get; } =
    [
        ("boston", ["uci-boston", "bostonHousing/data", "boston"]),
        ("concrete", ["uci-concrete", "concrete/data", "concrete"]),
        ("energy", ["uci-energy", "energy/data", "energy"]),
        ("wine-red", ["uci-wine-red", "wine-quality-red/data", "wine-red"]),
        ("yacht", ["uci-yacht", "yacht/data", "yacht"]),
    ];

    /// <summary>Reads a data set of the standard layout: data.txt, index_features.txt, index_target.txt, index_train_K.txt and index_test_K.txt.</summary>
    /// <param name="root">The folder that holds the data sets.</param>
    /// <param name="name">One of <see cref="Known"/>, or a folder's own name.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">A file does not hold what it should.</exception>
    public static UciSet Read(string root, string name)
    {
        var folders = Known.FirstOrDefault(k => k.Name == name).Folders ?? [name];
        var folder = folders.Select(f => Path.Combine(root, f)).FirstOrDefault(f => File.Exists(Path.Combine(f, "data.txt")))
            ?? throw new DirectoryNotFoundException($"{name}: none of {string.Join(", ", folders.Select(f => $"{f}/data.txt"))} is in {root}");
        var rows = Numbers(Path.Combine(folder, "data.txt"));
        var (inputs, outcome) = (Indices(folder, "index_features.txt", rows[0].Length), Indices(folder, "index_target.txt", rows[0].Length));
        if (outcome.Length != 1) throw new InvalidDataException($"{folder}/index_target.txt: {outcome.Length} columns where one is expected");
        var splits = new List<Split>();
        for (var k = 0; File.Exists(Path.Combine(folder, $"index_train_{k}.txt")); k++)
        {
            var split = new Split(k, Indices(folder, $"index_train_{k}.txt", rows.Length), Indices(folder, $"index_test_{k}.txt", rows.Length));
            if (split.Test.Intersect(split.Train).Any()) throw new InvalidDataException($"{folder}: rows of split {k} are in training and test");
            splits.Add(split);
        }
        return new(name, [.. rows.Select(r => inputs.Select(c => r[c]).ToArray())], [.. rows.Select(r => r[outcome[0]])], splits);
    }

    private static double[][] Numbers(string file)
    {
        var rows = File.ReadLines(file).Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Where(cells => cells.Length > 0)
            .Select(cells => cells.Select(c => double.Parse(c, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        if (rows.Length == 0 || rows.Any(r => r.Length != rows[0].Length)) throw new InvalidDataException($"{file}: rows of different lengths, or none");
        return rows;
    }

    // Some copies write indices as 1.000000e+00.
    private static int[] Indices(string folder, string file, int count)
    {
        int[] indices = [.. Numbers(Path.Combine(folder, file)).SelectMany(r => r).Select(v => (int)v)];
        return Array.TrueForAll(indices, i => i >= 0 && i < count) ? indices : throw new InvalidDataException($"{folder}/{file}: an index lies outside 0 .. {count - 1}");
    }
}

/// <summary>One split into training and test rows.</summary>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Train">Positions of training rows, in random order.</param>
/// <param name="Test">Positions of test rows.</param>
public sealed record Split(int Number, int[] Train, int[] Test)
{
    /// <summary>
    /// The split that hyper-parameters are compared on: trained on the first 80 % of the training list, tested on its last 20 %. The list is in random order, so its end is no
    /// special part of the data; test rows are not looked at.
    /// </summary>
    public Split Validation
    {
        get
        {
            var kept = (int)Math.Round(0.8 * Train.Length);
            return new(Number, Train[..kept], Train[kept..]);
        }
    }
}
