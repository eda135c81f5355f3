using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace ProbNet.Backends.Torch;

/// <summary>The functions of a loaded shim (<c>Native/include/probnet_torch.h</c>). It stays loaded until the process ends: libtorch cannot be unloaded.</summary>
internal sealed unsafe class ShimLibrary
{
    /// <summary>The version of the interface that this code is written for.</summary>
    public const int Abi = 1;

    private readonly nint _library;
    private readonly delegate* unmanaged<byte*> _lastError, _torchVersion, _buildVersion;

    private ShimLibrary(nint library, string path)
    {
        (_library, Path) = (library, path);
        _lastError = (delegate* unmanaged<byte*>)Export("pn_last_error");
        _torchVersion = (delegate* unmanaged<byte*>)Export("pn_torch_version");
        _buildVersion = (delegate* unmanaged<byte*>)Export("pn_build_version");
        TensorCreate = (delegate* unmanaged<int, long*, int, int, int, nint*, int>)Export("pn_tensor_create");
        TensorWrite = (delegate* unmanaged<nint, void*, long, int>)Export("pn_tensor_write");
        TensorRead = (delegate* unmanaged<nint, void*, long, int>)Export("pn_tensor_read");
        TensorFree = (delegate* unmanaged<nint, void>)Export("pn_tensor_free");
        ScriptCompile = (delegate* unmanaged<byte*, nint*, int>)Export("pn_script_compile");
        ScriptFree = (delegate* unmanaged<nint, void>)Export("pn_script_free");
        StepCreate = (delegate* unmanaged<nint, byte*, nint*, int, nint*, int, nint*, int>)Export("pn_step_create");
        StepRun = (delegate* unmanaged<nint, int>)Export("pn_step_run");
        StepOutput = (delegate* unmanaged<nint, int, void*, long, int>)Export("pn_step_output");
        StepCapture = (delegate* unmanaged<nint, int*, int>)Export("pn_step_capture");
        StepFree = (delegate* unmanaged<nint, void>)Export("pn_step_free");
        ModuleCreate = (delegate* unmanaged<byte*, nint*, int>)Export("pn_module_create");
        ModuleBuffer = (delegate* unmanaged<nint, byte*, nint, int>)Export("pn_module_buffer");
        ModuleDefine = (delegate* unmanaged<nint, byte*, int>)Export("pn_module_define");
        ModuleSave = (delegate* unmanaged<nint, byte*, int>)Export("pn_module_save");
        ModuleFree = (delegate* unmanaged<nint, void>)Export("pn_module_free");
        SetThreads = (delegate* unmanaged<int, int>)Export("pn_set_threads");
        SetTf32 = (delegate* unmanaged<int, int>)Export("pn_set_tf32");
        CudaDevices = (delegate* unmanaged<int*, int>)Export("pn_cuda_devices");
        CudaName = (delegate* unmanaged<int, byte*, int, int>)Export("pn_cuda_name");
        Memory = (delegate* unmanaged<int, int, long*, int>)Export("pn_memory");
        Synchronize = (delegate* unmanaged<int, int, int>)Export("pn_synchronize");
        Live = (delegate* unmanaged<long*, void>)Export("pn_live");
        RegionCudaSource = (delegate* unmanaged<byte*, byte*, long, long*, int>)Export("pn_region_cuda_source");
    }

    /// <summary>Where it was loaded from.</summary>
    public string Path { get; }

    /// <summary>The version of the libtorch it runs on.</summary>
    public string TorchVersion => Text(_torchVersion());

    /// <summary>The version of the libtorch it was built against.</summary>
    public string BuildVersion => Text(_buildVersion());

    public readonly delegate* unmanaged<int, long*, int, int, int, nint*, int> TensorCreate;
    public readonly delegate* unmanaged<nint, void*, long, int> TensorWrite;
    public readonly delegate* unmanaged<nint, void*, long, int> TensorRead;
    public readonly delegate* unmanaged<nint, void> TensorFree;
    public readonly delegate* unmanaged<byte*, nint*, int> ScriptCompile;
    public readonly delegate* unmanaged<nint, void> ScriptFree;
    public readonly delegate* unmanaged<nint, byte*, nint*, int, nint*, int, nint*, int> StepCreate;
    public readonly delegate* unmanaged<nint, int> StepRun;
    public readonly delegate* unmanaged<nint, int, void*, long, int> StepOutput;
    public readonly delegate* unmanaged<nint, int*, int> StepCapture;
    public readonly delegate* unmanaged<nint, void> StepFree;
    public readonly delegate* unmanaged<byte*, nint*, int> ModuleCreate;
    public readonly delegate* unmanaged<nint, byte*, nint, int> ModuleBuffer;
    public readonly delegate* unmanaged<nint, byte*, int> ModuleDefine;
    public readonly delegate* unmanaged<nint, byte*, int> ModuleSave;
    public readonly delegate* unmanaged<nint, void> ModuleFree;
    public readonly delegate* unmanaged<int, int> SetThreads;
    public readonly delegate* unmanaged<int, int> SetTf32;
    public readonly delegate* unmanaged<int*, int> CudaDevices;
    public readonly delegate* unmanaged<int, byte*, int, int> CudaName;
    public readonly delegate* unmanaged<int, int, long*, int> Memory;
    public readonly delegate* unmanaged<int, int, int> Synchronize;
    public readonly delegate* unmanaged<long*, void> Live;
    public readonly delegate* unmanaged<byte*, byte*, long, long*, int> RegionCudaSource;

    /// <summary>Loads a shim.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DllNotFoundException">The file is not there, is damaged, or libtorch, which it needs, is not found.</exception>
    /// <exception cref="BadImageFormatException">It is no library for this processor.</exception>
    /// <exception cref="EntryPointNotFoundException">It is another library, or of another version.</exception>
    public static ShimLibrary Load(string path)
    {
        var library = NativeLibrary.Load(path);
        if (!NativeLibrary.TryGetExport(library, "pn_abi_version", out var version)) throw new EntryPointNotFoundException($"{path} is not ProbNet's libtorch library");
        var found = ((delegate* unmanaged<int>)version)();
        if (found != Abi) throw new EntryPointNotFoundException($"{path} has version {found} of the interface, this program needs {Abi}");
        return new(library, path);
    }

    /// <summary>Throws what a function reported.</summary>
    /// <exception cref="TorchException">The code is not 0.</exception>
    public void Check(int code)
    {
        if (code != 0) Throw(code);
    }

    /// <summary>What the last call of this thread said of itself; empty where there is nothing to say.</summary>
    public string LastError => Text(_lastError()).Trim();

    /// <summary>Calls a function with UTF-8 text.</summary>
    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + "\0");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Throw(int code) => throw new TorchException(
        code switch
        {
            2 => TorchFault.Compile,
            3 => TorchFault.Memory,
            4 => TorchFault.Device,
            5 => TorchFault.Argument,
            _ => TorchFault.Operator,
        },
        LastError);

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    private nint Export(string name) => NativeLibrary.GetExport(_library, name);
}
