document.cookie = "_gid=GA1.1.2; path=/; max-age=86400";
document.cookie = "_hjSessionUser_1=x; path=/; max-age=31536000";
localStorage.setItem("_gcl_ls", "1");
